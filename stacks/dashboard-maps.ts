import type { Artifact } from "../model/model.ts";
import { baseName, filesIn } from "./generated-files.ts";
import type { Site } from "./layer.ts";

/** The ConfigMap that holds a dashboard. */
export interface DashboardMap {
  name: string;
  /** Of the file in it. Grafana's sidecar puts the files of all ConfigMaps into one folder: no other platform has this name. */
  fileName: string;
  dashboard: Artifact;
}

/** The platform's own dashboards. */
export function dashboardMaps(site: Site): DashboardMap[] {
  return filesIn(site, "dashboards", "").map((dashboard) => ({
    name: `dashboard-${baseName(dashboard)}`,
    fileName: `${site.platform}-${baseName(dashboard)}.json`,
    dashboard,
  }));
}

/** The dashboard of all platforms, where this stack brings it. */
export function fleetMaps({ artifacts, bringsFleet }: Site): DashboardMap[] {
  const found = bringsFleet
    ? artifacts.filter(({ path }) => path.startsWith("generated/dashboards/fleet/"))
    : [];
  return found.map((dashboard) => ({
    // No platform's own dashboard can have these names.
    name: `fleet-dashboard-${baseName(dashboard)}`,
    fileName: `fleet_${baseName(dashboard)}.json`,
    dashboard,
  }));
}
