// Every link that an alert, a dashboard or a runbook shows, in one place.
import type { Alert, Dashboard, Environment, Platform } from "./model.ts";
import { once } from "./once.ts";

/** The runbook page of an alert, under the environment's base URL. */
export function runbookUrl(environment: Environment, platform: string, alert: string): string {
  return `${environment.links.runbooks}/${platform}/${alert}.html`;
}

/** A dashboard, opened at one of its panels if `panel` is given. */
export function dashboardUrl(
  environment: Environment,
  dashboard: Pick<Dashboard, "uid" | "name">,
  panel?: number,
): string {
  const page = `${environment.links.grafana}/d/${dashboard.uid}/${dashboard.name}`;
  return panel === undefined ? page : `${page}?viewPanel=panel-${panel}`;
}

/** The panel that shows an alert best, or the environment's Alertmanager for one that no panel shows (the Watchdog). */
export function alertDashboardUrl(
  environment: Environment,
  platform: Platform,
  alert: Pick<Alert, "panel">,
): string {
  return panelUrl(environment, alert.panel, alertDashboard(platform, alert));
}

/** A panel of a dashboard, or the environment's Alertmanager where there is none. */
export function panelUrl(
  environment: Environment,
  panel: Alert["panel"],
  dashboard: Pick<Dashboard, "uid" | "name"> | undefined,
): string {
  return dashboard ? dashboardUrl(environment, dashboard, panel?.id) : environment.links.alertmanager;
}

/** The dashboard with the panel that shows an alert best. */
export function alertDashboard(platform: Platform, { panel }: Pick<Alert, "panel">): Dashboard | undefined {
  return panel && dashboardsOf(platform).get(panel.dashboard);
}

// Each link asks, and there may be thousands of both.
const dashboardsOf = once(({ dashboards }: Platform) => new Map(dashboards.map((d) => [d.name, d])));

/** Prometheus' own page with a query filled in. */
export function queryUrl(environment: Environment, promql: string): string {
  return `${environment.links.prometheus}/query?g0.expr=${encodeURIComponent(promql)}&g0.tab=0`;
}
