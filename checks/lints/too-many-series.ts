import type { Metric } from "../../model/model.ts";
import { at } from "../../model/problems.ts";
import type { Lint } from "./lint.ts";

// The product is the most there can be; real pods have a tenth of it. Forty pods of it fill a Prometheus of a million series, some
// 4 GiB of memory.
const MOST_SERIES = 25_000;

/** Metrics whose labels multiply to more series than a pod should have. */
export const tooManySeries: Lint = {
  rule: "lint/too-many-series",
  severity: "warning",
  look: ({ platform }) =>
    platform.metrics.flatMap((metric) => {
      const count = seriesOf(metric);
      if (count <= MOST_SERIES) return [];
      return [
        {
          place: at(metric.origin, "labels"),
          message: `"${metric.name}" may have ${count} series in each pod: the values of its labels multiply`,
          fix: `keep it below ${MOST_SERIES}: fewer labels, fewer values, fewer buckets, or a native histogram`,
        },
      ];
    }),
};

// A classic histogram has a series for each bucket, and +Inf, sum and count.
function seriesOf({ labels, buckets }: Metric): number {
  const values = Object.values(labels).map((all) => (Array.isArray(all) ? all.length : all.atMost));
  return values.reduce((product, count) => product * count, buckets ? buckets.length + 3 : 1);
}
