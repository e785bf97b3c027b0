import type { Expr } from "../../model/promql/tree.ts";
import { selectorsIn } from "./inner-selector.ts";
import { inQueries, type Lint } from "./lint.ts";

/** Quantiles of sums that have lost the buckets' bounds: the query is empty for ever. */
export const quantileWithoutLe: Lint = {
  rule: "lint/quantile-without-le",
  severity: "error",
  look: (subject) =>
    inQueries(subject, (part) => {
      if (part.kind !== "call" || part.name !== "histogram_quantile") return undefined;
      const of = part.args[1];
      const series = of && selectorsIn(of).find(({ name }) => subject.metricOf(name)?.buckets);
      if (!of || !series) return undefined;
      if (!series.name?.endsWith("_bucket"))
        return {
          message: `"${series.name}" has no buckets`,
          fix: "read its series …_bucket",
          from: series.from,
        };
      if (keepsLe(of)) return undefined;
      return {
        message: `the sum drops "le", without which there are no buckets`,
        fix: "add le to by",
        from: of.from,
      };
    }),
};

function keepsLe(expr: Expr): boolean {
  if (expr.kind === "aggregate")
    return expr.by ? expr.by.includes("le") : expr.without !== undefined && !expr.without.includes("le");
  return true;
}
