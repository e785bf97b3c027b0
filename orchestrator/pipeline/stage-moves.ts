import { command, type Draft } from "./draft.ts";
import { closeFailed, closeResolved } from "./loops.ts";
import type { Stage } from "./stages.ts";
import type { Handler } from "./state.ts";

/** Enters a stage and has its work done. */
export function enter(draft: Draft, stage: Stage): void {
  const { state, at } = draft;
  const retried = (state.commanded[stage] ?? 0) > 0;
  Object.assign(state, { stage, enteredAt: at, retried });
  draft.events.push({ type: "stage.entered", runId: state.runId, stage });
  command(draft, { kind: "work", stepId: stage, stage, retried });
}

/** Leaves the current stage. */
export function leave(draft: Draft, outcome: "passed" | "failed"): void {
  const { runId, stage, enteredAt, retried } = draft.state;
  const seconds = Math.max(0, draft.at - enteredAt) / 1_000;
  draft.events.push({ type: "stage.left", runId, stage, outcome, seconds, retried });
}

/** Leaves the current stage for the next one, or ends the run after the last. */
export function pass(draft: Draft): void {
  const { state } = draft;
  leave(draft, "passed");
  closeResolved(draft, state.stage);
  const following = state.stages[state.stages.indexOf(state.stage) + 1];
  if (following) enter(draft, following);
  else state.outcome = "succeeded";
}

/** Ends the run as failed; `by` is who has the failure now. */
export function fail(draft: Draft, by: Handler): void {
  closeFailed(draft, by);
  draft.state.outcome = "failed";
}
