import { alertDashboardUrl, dashboardUrl, queryUrl, runbookUrl } from "../model/links.ts";
import type { Alert, Dashboard, Environment, Platform } from "../model/model.ts";
import type { Explanation, Links } from "./explanation.ts";

function inEach(platform: Platform, url: (environment: Environment) => string): Links {
  return Object.fromEntries(platform.environments.map((environment) => [environment.name, url(environment)]));
}

// What Grafana fills in, as a person would fill it in who tries the query in Prometheus.
const DURATION = /\$(?:__rate_interval|__interval|__range)\b/g;

/** A query with its links. In a panel's query the dashboard's variables are made to let everything through. */
export function linkedQuery(
  platform: Platform,
  { title, promql }: { title: string; promql: string },
): Explanation["queries"][number] {
  const runnable = promql.replace(DURATION, "5m").replace(/"\$\{?[a-z][a-z0-9_]*\}?"/g, '".*"');
  return {
    title,
    promql: runnable,
    links: inEach(platform, (environment) => queryUrl(environment, runnable)),
  };
}

/** The pages that an alert's notification links to. */
export function alertPages(platform: Platform, alert: Alert): Explanation["pages"] {
  return [
    {
      title: "runbook",
      links: inEach(platform, (environment) => runbookUrl(environment, platform.name, alert.name)),
    },
    {
      title: alert.panel ? "panel" : "Alertmanager",
      links: inEach(platform, (environment) => alertDashboardUrl(environment, platform, alert)),
    },
  ];
}

/** A panel on its dashboard. */
export function panelPage(
  platform: Platform,
  dashboard: Dashboard,
  panel: number,
): Explanation["pages"][number] {
  return {
    title: "panel",
    links: inEach(platform, (environment) => dashboardUrl(environment, dashboard, panel)),
  };
}
