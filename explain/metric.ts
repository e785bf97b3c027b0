import type { Metric, Platform } from "../model/model.ts";
import type { Explained } from "./explanation.ts";
import { linkedQuery } from "./links.ts";
import { readersOf } from "./uses.ts";

/** A metric: its labels, how many series it may have, who exposes it and everything that reads it. */
export function explainMetric(metric: Metric, platform: Platform): Explained {
  const labels = Object.entries(metric.labels).map(([label, values]) => [
    label,
    Array.isArray(values) ? values.join(", ") : `at most ${values.atMost} values`,
  ]);
  const jobs = platform.services.filter((s) => metric.services.includes(s.name)).flatMap((s) => s.job ?? []);
  return {
    title: metric.help,
    meaning: `A ${metric.class} ${metric.type} in ${metric.unit}.`,
    facts: {
      "exposed by": metric.services.join(", "),
      "collected by": jobs.map((job) => `job ${job}`).join(", ") || "nothing",
      series: metric.series.join(", "),
      "at most": `${mostSeries(metric)} series from each pod`,
      ...(metric.buckets && { buckets: metric.buckets.join(", ") }),
    },
    tables: labels.length > 0 ? [{ title: "Labels", rows: [["LABEL", "VALUES"], ...labels] }] : [],
    queries: metric.series
      .slice(0, 1)
      .map((series) =>
        linkedQuery(platform, { title: "its series", promql: `${series}{platform="${platform.name}"}` }),
      ),
    told: [],
    pages: [],
    usedBy: readersOf(platform, metric),
  };
}

/** The product of the labels' values; of a classic histogram one series for each bucket, +Inf, the count and the sum. */
function mostSeries(metric: Metric): number {
  const combinations = Object.values(metric.labels)
    .map((values) => (Array.isArray(values) ? values.length : values.atMost))
    .reduce((product, count) => product * count, 1);
  return combinations * (metric.buckets ? metric.buckets.length + 3 : 1);
}
