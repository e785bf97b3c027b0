import type { StoredStep } from "../store/steps.ts";

/** How a step ended. */
export interface Outcome {
  state: "succeeded" | "failed" | "skipped";
  output?: unknown;
  error?: string;
  tokens: number;
  costUsd: number;
  evidenceBytes: number;
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
export const skipped: Outcome = { state: "skipped", tokens: 0, costUsd: 0, evidenceBytes: 0 };

/** A step that cannot be done; `error` is for a person. */
export function failure(error: string): Outcome {
  return { ...skipped, state: "failed", error };
}

/** The message of whatever was thrown, of a length that a list can show. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 1_000);
}

/** Ends that are not stored: the step is not this process's business any more. A promise that nobody holds is collected. */
export function forever(): Promise<never> {
  return new Promise(() => undefined);
}
