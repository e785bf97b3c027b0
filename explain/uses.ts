import type { Alert, Gate, Metric, Panel, Platform } from "../model/model.ts";
import { inspectPromql } from "../model/promql/inspect.ts";

/** Panels, as `dashboard NAME, "TITLE"`. */
export function panelsWith(platform: Platform, wanted: (panel: Panel) => boolean): string[] {
  return platform.dashboards.flatMap((dashboard) =>
    dashboard.rows.flatMap((row) =>
      row.panels.filter(wanted).map((panel) => `dashboard ${dashboard.name}, "${panel.title}"`),
    ),
  );
}

type Indicator = Gate["policy"]["objectives"][number]["indicator"];

/** Gates, as `gate NAME`. */
export function gatesWith(platform: Platform, wanted: (indicator: Indicator) => boolean): string[] {
  return platform.gates
    .filter((gate) => gate.policy.objectives.some((objective) => wanted(objective.indicator)))
    .map((gate) => `gate ${gate.name}`);
}

/** Whether a query reads a metric's series. */
function reading({ series }: Metric): (promql: string) => boolean {
  return (promql) => inspectPromql(promql).selectors.some(({ name }) => series.includes(name ?? ""));
}

/** Alerts that read a metric's series, themselves or by what their SLO records. */
export function alertsReading(platform: Platform, metric: Metric): Alert[] {
  const reads = reading(metric);
  const slos = platform.slos.filter((slo) => slo.recordingRules.some(({ expr }) => reads(expr)));
  return platform.alerts.filter((alert) => reads(alert.expr) || slos.some(({ name }) => name === alert.slo));
}

/** Everything that reads a metric's series: SLOs, alerts, panels, variables, gates and steps of runbooks. */
export function readersOf(platform: Platform, metric: Metric): string[] {
  const reads = reading(metric);
  const alerts = platform.alerts.filter((alert) => alert.source === "catalog");
  return [
    ...platform.slos
      .filter((slo) => slo.recordingRules.some((rule) => reads(rule.expr)))
      .map((slo) => `SLO ${slo.name}`),
    ...alerts.filter((alert) => reads(alert.expr)).map((alert) => `alert ${alert.name}`),
    ...panelsWith(platform, (panel) => panel.queries.some((query) => reads(query.expr))),
    ...platform.dashboards.flatMap((dashboard) =>
      dashboard.variables
        .filter((variable) => variable.metric.name === metric.name)
        .map((variable) => `dashboard ${dashboard.name}, variable ${variable.name}`),
    ),
    ...gatesWith(platform, (indicator) => indicator.kind === "query" && reads(indicator.query)),
    ...[...platform.slos, ...alerts]
      .filter(({ runbook }) =>
        runbook.diagnosis.some((step) => step.query !== undefined && reads(step.query)),
      )
      .map(({ name }) => `runbook of ${name}`),
  ];
}
