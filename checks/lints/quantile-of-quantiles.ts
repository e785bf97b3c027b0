import type { Expr } from "../../model/promql/tree.ts";
import { inQueries, type Lint } from "./lint.ts";

const MIXES = /^(avg|sum|stddev|quantile)(_over_time)?$/;

/** Averages of quantiles, which are the quantile of nothing. */
export const quantileOfQuantiles: Lint = {
  rule: "lint/quantile-of-quantiles",
  severity: "warning",
  look: (subject) =>
    inQueries(subject, (part) => {
      if ((part.kind !== "aggregate" && part.kind !== "call") || !MIXES.test(part.name)) return undefined;
      if (!part.args.some(isQuantile)) return undefined;
      return {
        message: `${part.name} of quantiles is the quantile of nothing`,
        fix: "sum the buckets first: histogram_quantile(0.95, sum by (le) (rate(…_bucket[…]))), or take the max",
      };
    }),
};

function isQuantile(expr: Expr): boolean {
  if (expr.kind === "subquery" || expr.kind === "changed") return isQuantile(expr.of);
  return expr.kind === "call" && expr.name === "histogram_quantile";
}
