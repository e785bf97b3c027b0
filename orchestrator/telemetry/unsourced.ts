import type { Metric } from "../../model/model.ts";

/** Declared metrics that nothing in this service moves, and why: they are exposed without series rather than as zeros that nobody counted. */
export interface Unsourced {
  because: string;
  metrics: readonly string[];
  /** Only these services'; without it all that have the metric. */
  services?: readonly string[];
  /** Only these values of one label; the metric's other values are measured. */
  values?: { label: string; of: readonly string[] };
}

/** What of a metric is measured: nothing, all of it, or the values that are left. */
export function measuredPart(metric: Metric, unsourced: readonly Unsourced[]): Metric | undefined {
  let { labels } = metric;
  for (const { metrics, values } of unsourced) {
    if (!metrics.includes(metric.name)) continue;
    const declared = values && labels[values.label];
    if (!values || !Array.isArray(declared)) return undefined;
    labels = { ...labels, [values.label]: declared.filter((value) => !values.of.includes(value)) };
  }
  return { ...metric, labels };
}

/** What of it is a service's. */
export function unsourcedOf(service: string, unsourced: readonly Unsourced[]): Unsourced[] {
  return unsourced.filter(({ services }) => services?.includes(service) ?? true);
}

/** Why nothing of a service's metric is measured; nothing where at least some of its values are. */
export function whyUnsourced(
  { metric, service }: { metric: string; service: string },
  unsourced: readonly Unsourced[],
): string | undefined {
  return unsourcedOf(service, unsourced).find(
    ({ metrics, values }) => values === undefined && metrics.includes(metric),
  )?.because;
}

/**
 * A comment for each of them, which Prometheus passes over and `fairlead check --scrape` reads: `# UNSOURCED NAME because`, or
 * `# UNSOURCED NAME{label="a|b"} because`.
 */
export function unsourcedLines(metrics: readonly Metric[], unsourced: readonly Unsourced[]): string {
  return unsourced
    .flatMap(({ metrics: names, because, values }) =>
      metrics
        .filter(({ name }) => names.includes(name))
        .map(({ name }) => {
          const only = values ? `{${values.label}="${values.of.join("|")}"}` : "";
          return `# UNSOURCED ${name}${only} ${because}\n`;
        }),
    )
    .join("");
}
