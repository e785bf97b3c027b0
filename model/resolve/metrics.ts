import type { MetricSpec } from "../../catalog/metric.ts";
import type { DescribedEntry } from "../described.ts";
import type { Metric } from "../model.ts";
import { at } from "../problems.ts";
import { seriesOf, targetLabels } from "../promql/known.ts";
import type { Scope } from "./scope.ts";

type MetricScope = Pick<Scope, "described" | "references" | "problems">;

/** Metrics with the names of their series; names, units and labels are checked against Prometheus' conventions. */
export function resolveMetrics(scope: MetricScope): Metric[] {
  return scope.described.entries.metrics.map((entry) => {
    checkMetric(scope, entry);
    const { spec, ...rest } = entry;
    const { buckets, ...plain } = spec;
    return { ...rest, ...plain, ...(buckets && { buckets }), series: seriesOf(entry.name, spec) };
  });
}

// OpenTelemetry's Prometheus spelling adds the unit, but not one that only counts things, such as {token}.
const SUFFIXED = new Set(["seconds", "bytes", "ratio", "celsius"]);

function checkMetric(
  { references, problems, described }: MetricScope,
  entry: DescribedEntry<MetricSpec>,
): void {
  const { name, spec, origin } = entry;
  spec.services.forEach((service, i) => {
    if (!references.check("services", service, at(origin, "services", i))) return;
    const exposed = described.entries.services.find((s) => s.name === service);
    if (!exposed || exposed.spec.metrics || problems.isSetAside(at(exposed.origin, "metrics"))) return;
    problems.add(
      "metric/not-scraped",
      at(origin, "services", i),
      `service "${service}" does not say where its metrics are read`,
      {
        fix: 'give the service metrics: { port: "…" }',
      },
    );
  });
  const wanted = `${SUFFIXED.has(spec.unit) ? `_${spec.unit}` : ""}${spec.type === "counter" ? "_total" : ""}`;
  const isSure = problems.isSound(at(origin, "type")) && problems.isSound(at(origin, "unit"));
  if (isSure && !name.endsWith(wanted)) {
    problems.add(
      "metric/name-without-unit",
      { ...at(origin), key: true },
      `a ${spec.type} in ${spec.unit} must be named …${wanted}, not "${name}"`,
      {
        fix: `rename it to "${name.replace(/(_total)?$/, "")}${wanted}"`,
      },
    );
  }
  for (const label of Object.keys(spec.labels)) {
    if (!(targetLabels as readonly string[]).includes(label) && label !== "le" && label !== "quantile")
      continue;
    problems.add(
      "metric/reserved-label",
      { ...at(origin, "labels", label), key: true },
      `label "${label}" is set by the scrape`,
      {
        fix: "rename the label",
      },
    );
  }
}
