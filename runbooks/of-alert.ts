// What an alert names. Each page asks for it, and there may be thousands of both.
import type { Alert, Dashboard, Platform, Service, Slo } from "../model/model.ts";
import { once } from "../model/once.ts";

const slosOf = once(({ slos }: Platform) => byName(slos));
const servicesOf = once(({ services }: Platform) => byName(services));

/** The SLO that an alert belongs to. */
export function sloOf(platform: Platform, { slo }: Alert): Slo | undefined {
  return slo === undefined ? undefined : slosOf(platform).get(slo);
}

/** The service that an alert is about. */
export function serviceOf(platform: Platform, { service }: Alert): Service | undefined {
  return service === undefined ? undefined : servicesOf(platform).get(service);
}

function byName<T extends Slo | Service | Dashboard>(entries: readonly T[]): ReadonlyMap<string, T> {
  return new Map(entries.map((entry) => [entry.name, entry]));
}
