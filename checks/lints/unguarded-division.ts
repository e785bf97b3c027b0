import type { Expr } from "../../model/promql/tree.ts";
import { selectorsIn } from "./inner-selector.ts";
import { inQueries, type Lint } from "./lint.ts";

/** Divisions by what may be zero, where somebody decides on the result: x/0 is infinite, and more than any limit. */
export const unguardedDivision: Lint = {
  rule: "lint/unguarded-division",
  severity: "warning",
  look: (subject) =>
    inQueries(subject, (part, { use, parts }) => {
      if (use === "runbook" || part.kind !== "binary" || part.op !== "/" || isNeverZero(part.right))
        return undefined;
      // "… and total > 0" says it behind the division.
      const isGuarded = parts.some((other) => other.kind === "binary" && other.op === "and");
      if (isGuarded) return undefined;
      return {
        message: "the divisor may be 0, and what is divided by 0 is infinite or not a number",
        fix: "divide by (… > 0), so that there is no value without any events",
        from: part.right.from,
      };
    }),
};

function isNeverZero(expr: Expr): boolean {
  if (selectorsIn(expr).length === 0) return true;
  switch (expr.kind) {
    case "binary":
      return !expr.isBool && (/^(>|>=|!=|==)$/.test(expr.op) || expr.op === "^");
    case "call":
      return expr.name === "clamp_min" || expr.name === "clamp";
    case "aggregate":
      return (
        /^(count|group)$/.test(expr.name) ||
        expr.args.some((arg) => selectorsIn(arg).length > 0 && isNeverZero(arg))
      );
    case "changed":
      return isNeverZero(expr.of);
    default:
      return false;
  }
}
