import type { DashboardLink } from "@grafana/grafana-foundation-sdk/dashboard";
import { DashboardLinkType } from "@grafana/grafana-foundation-sdk/dashboard";
import { runbookUrl } from "../model/links.ts";
import type { Environment, Panel, Platform } from "../model/model.ts";

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

/** From a panel to the runbooks of the alerts that it helps to judge, those of its SLOs included. */
export function panelLinks(platform: Platform, environment: Environment, panel: Panel): DashboardLink[] {
  const named = new Set<string>(panel.alerts);
  for (const slo of platform.slos) {
    if (panel.slos.some((name) => name === slo.name)) for (const alert of slo.alerts) named.add(alert);
  }
  return platform.alerts
    .filter((alert) => named.has(alert.name))
    .map((alert) => link(`Runbook: ${alert.alertname}`, runbookUrl(environment, platform.name, alert.name)));
}

function link(title: string, url: string): DashboardLink {
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
