import type { DashboardSpec, PanelSpec } from "../../catalog/dashboard.ts";
import type { DescribedEntry } from "../described.ts";
import { Kept } from "../kept.ts";
import type { Alert, Dashboard, Panel } from "../model.ts";
import { dashboardUid } from "../names.ts";
import { at, pathLabel } from "../problems.ts";
import { suggestion } from "../promql/check.ts";
import { Resolved } from "./resolved.ts";
import { checkLabel, resolveQuery, type Scope } from "./scope.ts";

/** Dashboards with numbered panels; every query is checked and kept to the platform. */
export function resolveDashboards(scope: Scope): Dashboard[] {
  const { names, entries } = scope.described;
  return entries.dashboards.map((entry) =>
    resolved.get(scope, { of: entry, against: [scope.base, names.alerts, names.slos] }, () =>
      resolveDashboard(scope, entry),
    ),
  );
}

const resolved = new Resolved<Dashboard>();

function resolveDashboard(scope: Scope, entry: DescribedEntry<DashboardSpec>): Dashboard {
  const { name, origin, spec } = entry;
  let id = 0;
  const rows = spec.rows.map((row, r) => ({
    title: row.title,
    panels: row.panels.map((panel, p) => {
      id += 1;
      return resolvePanel(scope, entry, { panel, id, path: ["rows", r, "panels", p] });
    }),
  }));
  return {
    name,
    origin,
    source: "catalog",
    meets: spec.meets,
    uid: dashboardUid(scope.described.name, name),
    title: spec.title,
    description: spec.description,
    tags: spec.tags,
    variables: Object.keys(spec.variables).flatMap(
      (variable) => resolveVariable(scope, entry, variable) ?? [],
    ),
    rows,
  };
}

interface PanelAt {
  panel: PanelSpec;
  id: number;
  path: (string | number)[];
}

function resolvePanel(
  scope: Scope,
  { origin, spec }: DescribedEntry<DashboardSpec>,
  { panel, id, path }: PanelAt,
): Panel {
  const here = { ...origin, path: [...origin.path, ...path], label: pathLabel([...origin.path, ...path]) };
  scope.references.checkAll("alerts", panel.alerts, at(here, "alerts"));
  scope.references.checkAll("slos", panel.slos, at(here, "slos"));
  const queries = panel.queries.map((query, i) => {
    const place = at(here, "queries", i, "expr");
    if (!scope.problems.isSetAside(at(origin, "variables")))
      checkVariables(scope, query.expr, { place, declared: Object.keys(spec.variables) });
    return { ...query, expr: resolveQuery(scope, query.expr, place) };
  });
  return { ...panel, id, queries, origin: here };
}

// Grafana fills these in by itself.
const BUILT_IN = ["__rate_interval", "__interval", "__range", "__from", "__to"];

// The variable by which a viewer chooses the Prometheus server.
const DATA_SOURCE = "datasource";

function checkVariables(
  scope: Scope,
  expr: string,
  { place, declared }: { place: ReturnType<typeof at>; declared: string[] },
) {
  for (const match of expr.matchAll(/\$\{?([a-zA-Z_][a-zA-Z0-9_]*)/g)) {
    const variable = match[1] ?? "";
    if (BUILT_IN.includes(variable) || declared.includes(variable)) continue;
    const message = `the dashboard has no variable "$${variable}"`;
    scope.problems.add("reference/unknown-variable", { ...place, offset: match.index }, message, {
      fix: suggestion(variable, [...declared, ...BUILT_IN], "add it to the dashboard's variables"),
    });
  }
}

function resolveVariable(
  scope: Scope,
  { origin, spec }: DescribedEntry<DashboardSpec>,
  name: string,
): Dashboard["variables"] {
  const variable = spec.variables[name];
  if (!variable) return [];
  const place = at(origin, "variables", name);
  if (name === DATA_SOURCE) {
    scope.problems.add(
      "dashboard/reserved-variable",
      { ...place, key: true },
      `every dashboard has a variable "${name}" already`,
      {
        fix: "rename the variable",
      },
    );
  }
  if (!scope.references.check("metrics", variable.metric, { ...place, path: [...place.path, "metric"] }))
    return [];
  const metric = scope.metrics.get(variable.metric);
  if (!metric) return [];
  checkLabel(scope, metric, variable.label, { ...place, path: [...place.path, "label"] });
  return [
    { name, title: variable.title, metric, series: metric.series[0] ?? metric.name, label: variable.label },
  ];
}

/** Gives each alert the first panel that names it, or its SLO; an alert that no panel shows is a Problem. */
export function attachPanels(
  scope: Scope,
  alerts: readonly Alert[],
  dashboards: readonly Dashboard[],
): Alert[] {
  const { ofAlert, ofSlo } = panelsOf(dashboards);
  const isAllRead =
    !scope.described.unread.has("dashboards") &&
    dashboards.every((dashboard) => scope.problems.isSound(at(dashboard.origin)));
  return alerts.map((alert) => {
    if (alert.source === "watchdog") return alert;
    const shown = ofAlert.get(alert.name) ?? (alert.slo === undefined ? undefined : ofSlo.get(alert.slo));
    if (shown)
      return attached.get({ owner: alert, name: shown.dashboard, madeOf: () => [shown.id] }, () => ({
        ...alert,
        panel: shown,
      }));
    if (!isAllRead) return alert;
    // An SLO's alerts stand or fall together: one Problem at the SLO says it all.
    if (alert.source === "catalog" || alert.source === "slo-absent") {
      const what = alert.slo ? `SLO "${alert.slo}"` : `alert "${alert.name}"`;
      scope.problems.add(
        "alert/on-no-dashboard",
        { ...at(alert.origin), key: true },
        `no panel shows ${what}`,
        {
          fix: `name it in ${alert.slo ? "slos" : "alerts"} of the panel that helps to judge it`,
        },
      );
    }
    return alert;
  });
}

const attached = new Kept<Alert>();

/** The first panel that names an alert, and the first that names an SLO. */
function panelsOf(dashboards: readonly Dashboard[]) {
  const ofAlert = new Map<string, NonNullable<Alert["panel"]>>();
  const ofSlo: typeof ofAlert = new Map();
  const shown = dashboards.flatMap(({ name, rows }) =>
    rows.flatMap(({ panels }) => panels.map((panel) => ({ panel, at: { dashboard: name, id: panel.id } }))),
  );
  for (const { panel, at } of shown) {
    for (const name of panel.alerts) if (!ofAlert.has(name)) ofAlert.set(name, at);
    for (const name of panel.slos) if (!ofSlo.has(name)) ofSlo.set(name, at);
  }
  return { ofAlert, ofSlo };
}
