import type { DashboardLink } from "@grafana/grafana-foundation-sdk/dashboard";
import { DashboardLinkType } from "@grafana/grafana-foundation-sdk/dashboard";
import { alertDashboardUrl, runbookUrl } from "../model/links.ts";
import type { Dashboard, Environment, Panel, Platform } from "../model/model.ts";

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
  const named = new Set<string>(panel.alerts);
  for (const slo of platform.slos) {
    if (panel.slos.some((name) => name === slo.name)) for (const alert of slo.alerts) named.add(alert);
  }
  const alerts = platform.alerts.filter((alert) => named.has(alert.name));
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
