import type { DashboardLink } from "@grafana/grafana-foundation-sdk/dashboard";
import { DashboardLinkType } from "@grafana/grafana-foundation-sdk/dashboard";
import { Kept, Same } from "../model/kept.ts";
import { alertDashboardUrl, runbookUrl } from "../model/links.ts";
import type { Alert, Dashboard, Environment, Panel, Platform, Slo } from "../model/model.ts";
import { once } from "../model/once.ts";

/** At the head of a dashboard: the platform's runbooks, and its other dashboards in this environment. */
export function dashboardLinks(platform: Platform, environment: Environment): DashboardLink[] {
  return [
    link("Runbooks", runbookUrl(environment, platform.name, "index")),
    {
      ...link("Dashboards", ""),
      type: DashboardLinkType.Dashboards,
      icon: "dashboard",
      tooltip: `Other dashboards of ${platform.name} in ${environment.name}`,
      tags: [platform.name, environment.name],
      asDropdown: true,
      targetBlank: false,
      includeVars: true,
      keepTime: true,
    },
  ];
}

/**
 * From a panel to the runbooks of the alerts that it helps to judge, those of its SLOs included, and from an overview to the
 * panels that show these SLOs best.
 */
export function panelLinks(
  { platform, environment }: { platform: Platform; environment: Environment },
  dashboard: Dashboard,
  panel: Panel,
): DashboardLink[] {
  const alerts = alertsOf(platform, panel);
  const runbooks = alerts.map((alert) =>
    link(`Runbook: ${alert.alertname}`, runbookUrl(environment, platform.name, alert.name)),
  );
  if (dashboard.source !== "slos") return runbooks;
  const shown = new Map(
    alerts.flatMap((alert) =>
      alert.panel ? [[alertDashboardUrl(environment, platform, alert), alert.panel.dashboard]] : [],
    ),
  );
  return [...[...shown].map(([url, name]) => link(`Dashboard: ${name}`, url)), ...runbooks];
}

/** An alert as links show it. */
type Linked = Pick<Alert, "name" | "alertname" | "panel">;

/** All alerts that the links of a dashboard may name, more than once: the same objects as long as the links are the same. */
export function alertsBehind(platform: Platform, dashboard: Dashboard): readonly Linked[] {
  const madeOf = () => [linked(platform)];
  return behind.get({ owner: dashboard, name: platform.name, madeOf }, () =>
    dashboard.rows.flatMap(({ panels }) => panels.flatMap((panel) => alertsOf(platform, panel))),
  );
}

const behind = new Kept<readonly Linked[]>();

/** The alerts that a panel names, and those of the SLOs that it names, by name. */
function alertsOf(platform: Platform, panel: Panel): Linked[] {
  const { slos, alerts } = byName(linked(platform));
  const named = new Set([...panel.alerts, ...panel.slos.flatMap((name) => slos.get(name)?.alerts ?? [])]);
  return [...named].sort().flatMap((name) => alerts.get(name) ?? []);
}

interface LinkedEntries {
  slos: readonly Pick<Slo, "name" | "alerts">[];
  alerts: readonly Linked[];
}

/** What links show of a platform's alerts and SLOs. */
const linked = once(({ origin, slos, alerts }: Platform): LinkedEntries => {
  const entries = { slos: slos.map(linkedSlo), alerts: alerts.map(linkedAlert) };
  return same.of(origin, entries);
});

const same = new Same<LinkedEntries>();
const linkedSlo = once(({ name, alerts }: Slo): LinkedEntries["slos"][number] => ({ name, alerts }));
const linkedAlert = once(
  ({ name, alertname, panel }: Alert): Linked => ({ name, alertname, ...(panel && { panel }) }),
);

// Each panel of the SLO overview asks.
const byName = once(({ slos, alerts }: LinkedEntries) => ({
  slos: new Map(slos.map((slo) => [slo.name, slo])),
  alerts: new Map(alerts.map((alert) => [alert.name, alert])),
}));

/** A link that opens beside the dashboard. */
export function link(title: string, url: string): DashboardLink {
  return {
    title,
    type: DashboardLinkType.Link,
    icon: "doc",
    tooltip: "",
    url,
    tags: [],
    asDropdown: false,
    targetBlank: true,
    includeVars: false,
    keepTime: false,
  };
}
