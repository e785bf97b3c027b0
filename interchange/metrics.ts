import { targetLabels } from "../model/promql/known.ts";
import { boundOf } from "./bucket.ts";
import type { Term } from "./terms.ts";

/** Series that a service's SLO reads. */
export interface Use {
  service: string;
  terms: readonly Term[];
}

interface Declared {
  type: "counter" | "gauge" | "histogram";
  services: Set<string>;
  labels: Set<string>;
  bounds: Set<number>;
}

// What the Prometheus client libraries give a histogram that says nothing else.
const USUAL_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const UNITS = ["seconds", "bytes", "ratio", "celsius"];

/** Declarations of all metrics that are read, as far as their use tells; sorted by name. */
export function declareMetrics(uses: readonly Use[]): Record<string, Record<string, unknown>> {
  const metrics = new Map<string, Declared>();
  for (const { service, terms } of uses) {
    for (const term of terms) {
      const { name, type } = typeOf(term);
      const metric = metrics.get(name) ?? { type, services: new Set(), labels: new Set(), bounds: new Set() };
      metrics.set(name, metric);
      metric.services.add(service);
      for (const matcher of term.matchers) {
        const { label } = matcher;
        const bound = label === "le" ? boundOf(matcher) : Number.NaN;
        if (Number.isFinite(bound)) metric.bounds.add(bound);
        else if (label !== "le" && !(targetLabels as readonly string[]).includes(label))
          metric.labels.add(label);
      }
    }
  }
  const sorted = [...metrics].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, metric]) => [name, declarationOf(name, metric)]));
}

function typeOf({ series, over }: Term): { name: string; type: Declared["type"] } {
  if (over !== "increase") return { name: series, type: "gauge" };
  const base = series.replace(/_(bucket|count|sum)$/, "");
  return { name: base, type: base === series ? "counter" : "histogram" };
}

function declarationOf(name: string, { type, services, labels, bounds }: Declared) {
  const unit = type === "counter" ? undefined : UNITS.find((one) => name.endsWith(`_${one}`));
  const known = bounds.size > 0 ? [...bounds] : USUAL_BOUNDS;
  return {
    type,
    class: "user",
    ...(unit && { unit }),
    help: `Read by imported SLOs; ${bounds.size > 0 || type !== "histogram" ? "complete its labels" : "complete its labels and buckets"}.`,
    services: [...services].sort(),
    ...(labels.size > 0 && {
      labels: Object.fromEntries([...labels].sort().map((label) => [label, { atMost: 100 }])),
    }),
    ...(type === "histogram" && { buckets: known.sort((a, b) => a - b) }),
  };
}
