import { nearMatch } from "../../../problems/near-match.ts";
import type { Themes } from "./themes.ts";

type Options = { [T in keyof Themes]: Record<keyof Required<Themes[T]>, true> };

// Spelled out for catalogs that run without having been compiled; the compiler keeps the list complete.
const known: Options = {
  http: {
    services: true,
    methods: true,
    routes: true,
    statusCodes: true,
    buckets: true,
    errors: true,
    inFlight: true,
  },
  slos: { services: true, availability: true, latency: true, minimumEvents: true },
  databases: {
    services: true,
    systems: true,
    operations: true,
    tables: true,
    pools: true,
    buckets: true,
    slow: true,
    failing: true,
  },
  httpClients: { services: true, servers: true, buckets: true, failing: true },
  websockets: { services: true, full: true },
  caches: { services: true, names: true, layers: true, hits: true, evictions: true, warmingSeconds: true },
  processes: { services: true, descriptors: true },
  nodejs: { services: true, loopDelaySeconds: true, heap: true },
  business: { services: true, events: true, buckets: true, failing: true },
  users: { services: true, features: true, pages: true, errors: true },
  telemetry: { services: true, dropped: true },
};

/** Throws where a theme or one of its options does not exist: ignored, an alert would be missing and nobody would know. */
export function checkThemes(themes: object): void {
  for (const [theme, options] of Object.entries(themes)) {
    among(Object.keys(known), theme, "productionBase has no theme");
    const names = Object.keys(known[theme as keyof Options]);
    for (const option of Object.keys(options ?? {}))
      among(names, option, `${theme} of productionBase has no option`);
    if (!Array.isArray(options?.services) || options.services.length === 0)
      throw new Error(`${theme} of productionBase needs services: ["…"]`);
  }
}

function among(names: readonly string[], name: string, problem: string): void {
  if (names.includes(name)) return;
  const near = nearMatch(name, names);
  throw new Error(`${problem} "${name}"; ${near ? `did you mean "${near}"?` : `it has ${names.join(", ")}`}`);
}
