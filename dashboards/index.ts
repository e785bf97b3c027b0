import type { Artifact, Dashboard, Environment, Model, Platform } from "../model/model.ts";
import { deployments } from "./deployments.ts";
import { fleet } from "./fleet.ts";
import { grafanaDashboard } from "./grafana-dashboard.ts";
import { dashboardLinks, panelLinks } from "./links.ts";
import { variablesOf } from "./variables.ts";

/**
 * Each dashboard of each platform, for each environment, and one of all platforms where there are several: Grafana's JSON, ready
 * for its sidecar or its import.
 */
export function dashboards(model: Model): Artifact[] {
  return [
    ...fleet(model),
    ...model.platforms.flatMap((platform) =>
      platform.environments.flatMap((environment) =>
        platform.dashboards.map((dashboard) => dashboardFile(dashboard, platform, environment)),
      ),
    ),
  ];
}

function dashboardFile(dashboard: Dashboard, platform: Platform, environment: Environment): Artifact {
  const json = grafanaDashboard(dashboard, {
    // Several platforms share a folder, and each has a "System".
    title: `${platform.title} / ${dashboard.title}`,
    tags: tagsOf(dashboard, platform, environment),
    links: dashboardLinks(platform, environment),
    variables: variablesOf(platform.name, dashboard),
    annotations: [deployments(`platform="${platform.name}"`)],
    linksOf: (panel) => panelLinks({ platform, environment }, dashboard, panel),
  });
  return {
    path: `generated/dashboards/${platform.name}/${environment.name}/${dashboard.name}.json`,
    content: `${JSON.stringify(json, null, 2)}\n`,
    origin: dashboard.origin,
  };
}

/** What Grafana's search finds the dashboard by: platform, environment, the catalog's tags, the requirements it meets. */
function tagsOf(dashboard: Dashboard, platform: Platform, environment: Environment): string[] {
  const panels = dashboard.rows.flatMap((row) => row.panels);
  const found = [...dashboard.tags, ...[dashboard, ...panels].flatMap((entry) => entry.meets)];
  return [...new Set([platform.name, environment.name, ...found.sort()])];
}
