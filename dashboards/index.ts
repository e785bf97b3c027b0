import { Kept } from "../model/kept.ts";
import type { Artifact, Dashboard, Environment, Model, Platform } from "../model/model.ts";
import { deployments } from "./deployments.ts";
import { fleet } from "./fleet.ts";
import { grafanaDashboard } from "./grafana-dashboard.ts";
import { alertsBehind, dashboardLinks, panelLinks } from "./links.ts";
import { variablesOf } from "./variables.ts";

/**
 * Each dashboard of each platform, for each environment, and one of all platforms where there are several: Grafana's JSON, ready
 * for its sidecar or its import.
 */
export function dashboards(model: Model): Artifact[] {
  const listed = new Set(model.requirements.map(({ id }) => id));
  return [
    ...fleet(model),
    ...model.platforms.flatMap((platform) =>
      platform.environments.flatMap((environment) =>
        platform.dashboards.map((dashboard) => {
          const madeOf = () => [
            platform.name,
            platform.title,
            ...listed,
            environment,
            ...alertsBehind(platform, dashboard),
          ];
          return files.get({ owner: dashboard, name: environment.name, madeOf }, () =>
            dashboardFile(dashboard, { platform, environment, listed }),
          );
        }),
      ),
    ),
  ];
}

const files = new Kept<Artifact>();

/** Whose dashboard it is, and the ids of the requirements that the project lists. */
interface Place {
  platform: Platform;
  environment: Environment;
  listed: ReadonlySet<string>;
}

function dashboardFile(dashboard: Dashboard, place: Place): Artifact {
  const { platform, environment } = place;
  const json = grafanaDashboard(dashboard, {
    // Several platforms share a folder, and each has a "System".
    title: `${platform.title} / ${dashboard.title}`,
    tags: tagsOf(dashboard, place),
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

/** What Grafana's search finds the dashboard by: platform, environment, the catalog's tags, the listed requirements it meets. */
function tagsOf(dashboard: Dashboard, { platform, environment, listed }: Place): string[] {
  const panels = dashboard.rows.flatMap((row) => row.panels);
  const met = [dashboard, ...panels].flatMap(({ meets }) => meets).filter((id) => listed.has(id));
  const found = [...dashboard.tags, ...met];
  return [...new Set([platform.name, environment.name, ...found.sort()])];
}
