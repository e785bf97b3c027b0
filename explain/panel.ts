import type { Dashboard, Panel, Platform } from "../model/model.ts";
import { inspectPromql } from "../model/promql/inspect.ts";
import { toldOfAlerts, whenAlertsFire } from "./alerts.ts";
import type { Explained } from "./explanation.ts";
import { linkedQuery, panelPage } from "./links.ts";

/** A panel of a dashboard: what it shows, by which metrics, and which alerts and SLOs it helps to judge. */
export function explainPanel(panel: Panel, dashboard: Dashboard, platform: Platform): Explained {
  const { alerts: named, slos } = panel;
  const alerts = platform.alerts.filter(
    ({ name, slo }) => named.some((one) => one === name) || slos.some((one) => one === slo),
  );
  return {
    title: panel.title,
    meaning: panel.description,
    facts: {
      dashboard: `${dashboard.title} (${dashboard.name})`,
      row: dashboard.rows.find((row) => row.panels.includes(panel))?.title ?? "",
      shows: `${panel.type} in ${panel.unit}`,
      ...(panel.thresholds.length > 0 && {
        colours: panel.thresholds.map(({ value, color }) => `${color} from ${value}`).join(", "),
      }),
      reads: metricsOf(panel, platform).join(", ") || "no declared metric",
    },
    tables: whenAlertsFire(alerts, platform),
    queries: panel.queries.map(({ expr, legend }, i) =>
      linkedQuery(platform, { title: legend ?? `query ${i + 1}`, promql: expr }),
    ),
    told: toldOfAlerts(alerts, platform),
    pages: [panelPage(platform, dashboard, panel.id)],
    usedBy: [...panel.alerts.map((name) => `alert ${name}`), ...panel.slos.map((name) => `SLO ${name}`)],
  };
}

function metricsOf(panel: Panel, platform: Platform): string[] {
  const names = new Set(
    panel.queries.flatMap(({ expr }) => inspectPromql(expr).selectors.map(({ name }) => name ?? "")),
  );
  return platform.metrics
    .filter((metric) => metric.series.some((series) => names.has(series)))
    .map((metric) => metric.name);
}
