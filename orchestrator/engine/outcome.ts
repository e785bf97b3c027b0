import type { CostlyFailure, Spent } from "../domain/agent.ts";
import type { EventOf } from "../domain/event.ts";
import type { StoredStep } from "../store/steps.ts";

/** How a step ended. */
export interface Outcome extends Spent {
  state: "succeeded" | "failed" | "skipped";
  output?: unknown;
  error?: string;
}

/** How a run ended; `error` is for a person. */
export interface Ended
  extends Spent,
    Pick<EventOf<"run.finished">, "outcome" | "steps" | "incident" | "intervention"> {
  error?: string;
}

export const nothingSpent: Spent = { tokens: 0, costUsd: 0, evidenceBytes: 0 };

/** What all of it took together. */
export function sumSpent(all: readonly Spent[]): Spent {
  const sum = (of: (spent: Spent) => number) => all.reduce((total, one) => total + of(one), 0);
  return {
    tokens: sum(({ tokens }) => tokens),
    costUsd: sum(({ costUsd }) => costUsd),
    evidenceBytes: sum(({ evidenceBytes }) => evidenceBytes),
  };
}

/** What work took that ended with this error, as far as the error says so. */
export function spentBy(error: unknown): Spent {
  return (error as Partial<CostlyFailure> | undefined)?.spent ?? nothingSpent;
}

/** How many ended in which way. */
export function countStates(all: readonly Pick<Outcome, "state">[]): Ended["steps"] {
  const count = (state: Outcome["state"]) => all.filter((one) => one.state === state).length;
  return { succeeded: count("succeeded"), failed: count("failed"), skipped: count("skipped") };
}

/** The outcome that a step's row tells of; nothing for one that has not ended. */
export function storedOutcome(step: StoredStep | undefined): Outcome | undefined {
  if (!step) return undefined;
  const { state, output, error, tokens, costUsd, evidenceBytes } = step;
  if (state !== "succeeded" && state !== "failed" && state !== "skipped") return undefined;
  return {
    state,
    tokens,
    costUsd,
    evidenceBytes,
    ...(output !== undefined && { output }),
    ...(error !== undefined && { error }),
  };
}

/** A step that was not done. */
export const skipped: Outcome = { state: "skipped", ...nothingSpent };

/** A step that cannot be done; `error` is for a person. */
export function failure(error: string, spent: Spent = nothingSpent): Outcome {
  return { state: "failed", ...spent, error };
}

/** The message of whatever was thrown, of a length that a list can show. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 1_000);
}

/** Ends that are not stored: the step is not this process's business any more. A promise that nobody holds is collected. */
export function forever(): Promise<never> {
  return new Promise(() => undefined);
}
