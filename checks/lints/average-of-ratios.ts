import type { Expr } from "../../model/promql/tree.ts";
import { selectorsIn } from "./inner-selector.ts";
import { inQueries, type Lint } from "./lint.ts";

/** Averages of quotients, in which an idle pod or an idle night weighs like a busy one. */
export const averageOfRatios: Lint = {
  rule: "lint/average-of-ratios",
  severity: "warning",
  look: (subject) =>
    inQueries(subject, (part) => {
      const isMean = (part.kind === "aggregate" && part.name === "avg") || isCall(part, "avg_over_time");
      if (!isMean || !isRatio(part.args.at(-1))) return undefined;
      return {
        message: `${part.name} of a ratio weighs what had one event like what had a million`,
        fix: "divide the sums: sum(rate(part[…])) / sum(rate(whole[…]))",
      };
    }),
};

function isCall(part: Expr, name: string): part is Extract<Expr, { kind: "call" }> {
  return part.kind === "call" && part.name === name;
}

/** Whether it divides series by series, or is such a quotient that Fairlead recorded. */
function isRatio(expr: Expr | undefined): boolean {
  switch (expr?.kind) {
    case "range":
    case "subquery":
    case "changed":
      return isRatio(expr.of);
    case "selector":
      return /^slo:.*:ratio/.test(expr.name ?? "");
    case "binary":
      if (expr.op === "/") return selectorsIn(expr.left).length > 0 && selectorsIn(expr.right).length > 0;
      return isRatio(expr.left) || (["-", "or"].includes(expr.op) && isRatio(expr.right));
    default:
      return false;
  }
}
