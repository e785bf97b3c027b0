import { at } from "../../model/problems.ts";
import type { Lint } from "./lint.ts";

/** Histograms with buckets on one side of an SLO's limit only: they cannot tell near misses from disasters. */
export const bucketsMissThreshold: Lint = {
  rule: "lint/buckets-miss-threshold",
  severity: "warning",
  look: ({ platform }) =>
    platform.slos.flatMap(({ sli, origin }) => {
      const buckets = sli.kind === "latency" ? sli.fast.metric.buckets : undefined;
      if (sli.kind !== "latency" || !buckets) return [];
      const { thresholdSeconds, fast } = sli;
      const side =
        thresholdSeconds === buckets[0] ? "below" : thresholdSeconds === buckets.at(-1) ? "above" : undefined;
      if (!side) return [];
      const lost = side === "below" ? "how fast the fast ones are" : "how slow the slow ones are";
      return [
        {
          place: at(origin, "sli", "threshold"),
          message: `"${fast.metric.name}" has no bucket ${side} ${thresholdSeconds}: nothing can tell ${lost}`,
          fix: `add a bucket ${side} it to the metric`,
        },
      ];
    }),
};
