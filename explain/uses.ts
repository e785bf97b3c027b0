import type { Gate, Metric, Panel, Platform } from "../model/model.ts";
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

/** Everything that reads a metric's series: SLOs, alerts, panels, variables, gates and steps of runbooks. */
export function readersOf(platform: Platform, metric: Metric): string[] {
  const reads = (promql: string) =>
    inspectPromql(promql).selectors.some(({ name }) => metric.series.includes(name ?? ""));
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
