import {
  DashboardCursorSync,
  defaultDashboard,
  defaultRowPanel,
  type Dashboard as GrafanaDashboard,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { Artifact, Dashboard, Environment, Model, Platform } from "../model/model.ts";
import { deployments } from "./deployments.ts";
import { placeRows } from "./layout.ts";
import { dashboardLinks } from "./links.ts";
import { panelOf } from "./panel.ts";
import { variablesOf } from "./variables.ts";

/** Each dashboard of each platform, for each environment: Grafana's JSON, ready for its sidecar or its import. */
export function dashboards(model: Model): Artifact[] {
  return model.platforms.flatMap((platform) =>
    platform.environments.flatMap((environment) =>
      platform.dashboards.map((dashboard) => ({
        path: `generated/dashboards/${platform.name}/${environment.name}/${dashboard.name}.json`,
        content: `${JSON.stringify(grafanaDashboard(dashboard, platform, environment), null, 2)}\n`,
        origin: dashboard.origin,
      })),
    ),
  );
}

function grafanaDashboard(
  dashboard: Dashboard,
  platform: Platform,
  environment: Environment,
): GrafanaDashboard {
  return {
    uid: dashboard.uid,
    // Several platforms share a folder, and each has a "System".
    title: `${platform.title} / ${dashboard.title}`,
    ...defaultDashboard(),
    description: dashboard.description,
    tags: tagsOf(dashboard, platform, environment),
    editable: false,
    graphTooltip: DashboardCursorSync.Crosshair,
    time: { from: "now-6h", to: "now" },
    refresh: "30s",
    links: dashboardLinks(platform, environment),
    templating: { list: variablesOf(platform.name, dashboard) },
    annotations: { list: [deployments(platform.name)] },
    panels: placeRows(dashboard.rows).flatMap(({ title, id, at, panels }) => [
      { ...defaultRowPanel(), type: "row", title, id, gridPos: at },
      ...panels.map((placed) => panelOf(placed.panel, { platform, environment, at: placed.at })),
    ]),
  };
}

/** What Grafana's search finds the dashboard by: platform, environment, the catalog's tags, the requirements it meets. */
function tagsOf(dashboard: Dashboard, platform: Platform, environment: Environment): string[] {
  const panels = dashboard.rows.flatMap((row) => row.panels);
  const found = [...dashboard.tags, ...[dashboard, ...panels].flatMap((entry) => entry.meets)];
  return [...new Set([platform.name, environment.name, ...found.sort()])];
}
