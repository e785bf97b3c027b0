import { ProblemsError } from "../../problems/problem.ts";
import type { PromotionState } from "./state.ts";
import { StepFailedError } from "./step.ts";

/** Why a promotion goes back, and what becomes of the environment. The ledger has it: from then on it goes nowhere else, whoever goes on with it. */
export interface WayBack {
  outcome: "rolled-back" | "aborted";
  because: string;
  /** Whether nothing enters by itself afterwards. */
  holds: boolean;
  /** Whether nobody can tell if the release is at fault. */
  inconclusive: boolean;
}

/** The step in which the ledger has that somebody wanted it back; otherwise the step that failed says so. */
export const TAKE_BACK = "take-back";

/** What a step that failed leads to: where the release is at fault, or what is asked for cannot be done, it goes back. Anything else leaves it as it is. */
export function wayBackFrom(error: unknown): WayBack | undefined {
  if (error instanceof StepFailedError) {
    const inconclusive = error.verdict === "inconclusive";
    return { outcome: "rolled-back", because: error.message, holds: true, inconclusive };
  }
  if (!(error instanceof ProblemsError) || error.problems.some(({ rule }) => leavesIt(rule)))
    return undefined;
  const told = error.problems.map(({ message, fix }) => (fix ? `${message} (${fix})` : message));
  return { outcome: "aborted", because: told.join("; "), holds: false, inconclusive: false };
}

/** Somebody else has it, or nothing can be written here or there: going back would fail as well. */
function leavesIt(rule: string): boolean {
  return rule === "promotion/taken-over" || rule === "promotion/unwritable" || rule.startsWith("ledger/");
}

/** A way back as facts of a step. */
export function factsOf({ outcome, holds, inconclusive }: WayBack): Record<string, string> {
  return { outcome, holds: String(holds), inconclusive: String(inconclusive) };
}

/** The way back that a promotion is on by what the ledger has; absent where it goes forward. */
export function wayBackOf({ done }: PromotionState): WayBack | undefined {
  const step = done.get(TAKE_BACK) ?? [...done.values()].find(({ state }) => state === "failed");
  if (!step) return undefined;
  const { outcome, holds, inconclusive } = step.facts ?? {};
  return {
    outcome: outcome as WayBack["outcome"],
    because: step.says ?? "",
    holds: holds === "true",
    inconclusive: inconclusive === "true",
  };
}
