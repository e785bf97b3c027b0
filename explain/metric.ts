import type { Metric, Platform } from "../model/model.ts";
import { toldOfAlerts, whenAlertsFire } from "./alerts.ts";
import type { Explained } from "./explanation.ts";
import { linkedQuery } from "./links.ts";
import { alertsReading, readersOf } from "./uses.ts";

/** A metric: its labels, how many series it may have, who exposes it and everything that reads it. */
export function explainMetric(metric: Metric, platform: Platform): Explained {
  const labels = Object.entries(metric.labels).map(([label, values]) => [
    label,
    Array.isArray(values) ? values.join(", ") : `at most ${values.atMost} values`,
  ]);
  const alerts = alertsReading(platform, metric);
  const jobs = platform.services.filter((s) => metric.services.includes(s.name)).flatMap((s) => s.job ?? []);
  return {
    title: metric.help,
    meaning: `A ${metric.class} ${metric.type} in ${metric.unit}.`,
    facts: {
      "exposed by": metric.services.join(", "),
      "collected by": jobs.map((job) => `job ${job}`).join(", ") || "nothing",
      series: metric.series.join(", "),
      "at most": mostSeries(metric),
      ...(metric.buckets && { buckets: metric.buckets.join(", ") }),
    },
    tables: [
      ...(labels.length > 0 ? [{ title: "Labels", rows: [["LABEL", "VALUES"], ...labels] }] : []),
      ...whenAlertsFire(alerts, platform),
    ],
    queries: metric.series
      .slice(0, 1)
      .map((series) =>
        linkedQuery(platform, { title: "its series", promql: `${series}{platform="${platform.name}"}` }),
      ),
    told: toldOfAlerts(alerts, platform),
    pages: [],
    usedBy: readersOf(platform, metric),
  };
}

/** The product of the labels' values; of a classic histogram one series for each bucket, +Inf, the count and the sum. */
function mostSeries({ labels, buckets }: Metric): string {
  const factors = Object.entries(labels).map(([label, values]): [string, number] => [
    label,
    Array.isArray(values) ? values.length : values.atMost,
  ]);
  if (buckets) factors.push(["buckets, +Inf, count and sum", buckets.length + 3]);
  const product = factors.reduce((most, [, count]) => most * count, 1);
  const shown = `${product} series from each pod`;
  if (factors.length < 2) return shown;
  return `${factors.map(([of, count]) => `${count} (${of})`).join(" × ")} = ${shown}`;
}
