import type { MetricSpec } from "../../catalog/metric.ts";
import type { DescribedEntry } from "../described.ts";
import type { Metric } from "../model.ts";
import { at, type Place } from "../problems.ts";
import { seriesOf, targetLabels } from "../promql/known.ts";
import { Resolved } from "./resolved.ts";
import type { Scope } from "./scope.ts";

type MetricScope = Pick<Scope, "described" | "references" | "problems" | "queries">;

const resolved = new Resolved<Metric[]>();

/** Metrics with the names of their series; names, units and labels are checked against Prometheus' conventions. */
export function resolveMetrics(scope: MetricScope): Metric[] {
  const { metrics, services } = scope.described.entries;
  return resolved.get(scope, { of: metrics, against: [services] }, () =>
    metrics.map((entry) => {
      checkMetric(scope, entry);
      const { spec, ...rest } = entry;
      const { buckets, ...plain } = spec;
      return { ...rest, ...plain, ...(buckets && { buckets }), series: seriesOf(entry.name, spec) };
    }),
  );
}

// OpenTelemetry's Prometheus spelling adds the unit, but not one that only counts things, such as {token}.
const SUFFIXED = new Set(["seconds", "bytes", "ratio", "celsius"]);

function checkMetric(scope: MetricScope, entry: DescribedEntry<MetricSpec>): void {
  for (const [i, service] of entry.spec.services.entries())
    checkScraped(scope, service, at(entry.origin, "services", i));
  checkSuffix(scope, entry);
  checkLabels(scope, entry);
}

/** Somebody must be able to read the metric from the service that is said to have it. */
function checkScraped({ references, problems, described }: MetricScope, service: string, place: Place): void {
  if (!references.check("services", service, place)) return;
  const exposed = described.entries.services.find(({ name }) => name === service);
  if (!exposed || exposed.spec.metrics || problems.isSetAside(at(exposed.origin, "metrics"))) return;
  const message = `service "${service}" does not say where its metrics are read`;
  problems.add("metric/not-scraped", place, message, { fix: 'give the service metrics: { port: "…" }' });
}

function checkSuffix({ problems }: MetricScope, { name, spec, origin }: DescribedEntry<MetricSpec>): void {
  const wanted = `${SUFFIXED.has(spec.unit) ? `_${spec.unit}` : ""}${spec.type === "counter" ? "_total" : ""}`;
  const isSure = problems.isSound(at(origin, "type")) && problems.isSound(at(origin, "unit"));
  if (!isSure || name.endsWith(wanted)) return;
  const message = `a ${spec.type} in ${spec.unit} must be named …${wanted}, not "${name}"`;
  problems.add("metric/name-without-unit", { ...at(origin), key: true }, message, {
    fix: `rename it to "${name.replace(/(_total)?$/, "")}${wanted}"`,
  });
}

const RESERVED: readonly string[] = [...targetLabels, "le", "quantile"];

function checkLabels({ problems }: MetricScope, { spec, origin }: DescribedEntry<MetricSpec>): void {
  for (const label of Object.keys(spec.labels).filter((name) => RESERVED.includes(name))) {
    const place = { ...at(origin, "labels", label), key: true };
    problems.add("metric/reserved-label", place, `label "${label}" is set by the scrape`, {
      fix: "rename the label",
    });
  }
}
