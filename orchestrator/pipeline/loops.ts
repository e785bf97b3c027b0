import type { Draft } from "./draft.ts";
import type { Handler, Loop } from "./state.ts";

/** Replaces the loop of a stage, or adds it; without `loop`, takes it away. */
export function setLoop(draft: Draft, stage: Loop["stage"], loop?: Loop): void {
  const others = draft.state.loops.filter((other) => other.stage !== stage);
  draft.state.loops = loop ? [...others, loop] : others;
}

/** Closes the loop of a stage that got through, if one is open. */
export function closeResolved(draft: Draft, stage: Loop["stage"]): void {
  const loop = draft.state.loops.find((open) => open.stage === stage);
  if (loop) close(draft, loop, loop.by === "self-healed" ? "resolved" : "escalated");
}

/** Closes all loops of a run that has failed; `by` is who has the failure now. */
export function closeFailed(draft: Draft, by: Handler): void {
  for (const loop of draft.state.loops) close(draft, { ...loop, by }, "escalated");
}

function close(draft: Draft, { stage, attempts, by }: Loop, outcome: "resolved" | "escalated"): void {
  const { runId } = draft.state;
  setLoop(draft, stage);
  draft.events.push(
    { type: "resolution.closed", runId, stage, attempts, outcome },
    { type: "failure.handled", resolution: by },
  );
}
