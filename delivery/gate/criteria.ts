import type { Criterion } from "../../model/model.ts";
import type { AppliedCriterion } from "./decision.ts";

/** What criteria are applied to. */
export interface Judged {
  value: number;
  /** What relative criteria compare with. */
  compared?: number | undefined;
  /** Whether a relative criterion without anything to compare with is left out; otherwise it is unknown. */
  leavesOut: boolean;
}

/** A criterion applied to a value; "<=+10%" of 200 is at most 220, of -200 at most -180. */
export function applied(
  { text, operator, relative, value: number }: Criterion,
  judged: Judged,
): AppliedCriterion {
  const { value, compared, leavesOut } = judged;
  if (relative && compared === undefined)
    return { text, operator, outcome: leavesOut ? "left out" : "unknown" };
  const limit = relative ? rounded((compared ?? 0) + Math.abs(compared ?? 0) * number) : number;
  return { text, operator, limit, outcome: holds(value, operator, limit) ? "holds" : "does not hold" };
}

/** Without it "<=+10%" of 0.3 would be 0.33000000000000002, and a value of 0.33 within it only by chance; 56 % of 25 points would be above 14. */
export function rounded(value: number): number {
  return Number(value.toPrecision(12));
}

function holds(value: number, operator: Criterion["operator"], limit: number): boolean {
  switch (operator) {
    case "<":
      return value < limit;
    case "<=":
      return value <= limit;
    case "=":
      return value === limit;
    case ">=":
      return value >= limit;
    case ">":
      return value > limit;
  }
}

/**
 * Whether one of the entries holds whole (Kleene's logic): unknown where it depends on a criterion that is. What was left out says neither
 * yes nor no; undefined where nothing else is left.
 */
export function together(entries: readonly (readonly AppliedCriterion[])[]): boolean | "unknown" | undefined {
  const judged = entries
    .map((entry) => entry.filter(({ outcome }) => outcome !== "left out").map(({ outcome }) => outcome))
    .filter((entry) => entry.length > 0);
  if (judged.length === 0) return undefined;
  const wholes = judged.map((entry) => {
    if (entry.includes("does not hold")) return false;
    return entry.includes("unknown") ? "unknown" : true;
  });
  if (wholes.includes(true)) return true;
  return wholes.includes("unknown") ? "unknown" : false;
}
