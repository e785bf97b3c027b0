import type { TimeWindowSpec } from "../../catalog/time-window.ts";
import type { Environment, TimeWindow } from "../model.ts";
import { at, type Place } from "../problems.ts";
import type { Scope } from "./scope.ts";

/** Windows as a list, by name. */
export function windowsOf(windows: Record<string, TimeWindowSpec>): TimeWindow[] {
  return Object.entries(windows)
    .map(([name, window]) => ({ name, ...window }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** An AlertmanagerConfig has no field for a time zone: where the cluster's Alertmanager is used, windows must be in UTC. */
export function checkTimeZones(scope: Scope, environments: readonly Environment[]): void {
  const shared = environments.filter(
    ({ monitoring }) => monitoring.kind === "operator" && monitoring.alertmanager.kind === "shared",
  );
  for (const { name, maintenance, origin } of shared)
    for (const window of maintenance)
      checkTimeZone(scope, window, { place: at(origin, "maintenance", window.name), environments: name });
  const { routing } = scope.described;
  if (!routing || shared.length === 0) return;
  const all = shared.map(({ name }) => name).join(", ");
  for (const window of windowsOf(routing.spec.muteTimes))
    checkTimeZone(scope, window, { place: at(routing.origin, "muteTimes", window.name), environments: all });
}

function checkTimeZone(
  { problems }: Scope,
  { name, timeZone }: TimeWindow,
  { place, environments }: { place: Place; environments: string },
): void {
  const zone = { ...place, path: [...place.path, "timeZone"] };
  if (timeZone === "UTC") return;
  const message = `"${name}" is in ${timeZone}, which the shared Alertmanager of ${environments} cannot be told`;
  problems.add("routing/time-zone-not-shared", zone, message, {
    fix: 'write the hours in UTC, or give the environment monitoring.alertmanager: { kind: "own" }',
  });
}
