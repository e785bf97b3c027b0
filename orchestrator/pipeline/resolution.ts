import { command, type Draft } from "./draft.ts";
import { setLoop } from "./loops.ts";
import { enter } from "./stage-moves.ts";
import { stageKinds } from "./stages.ts";
import type { CommandOf, Failure, Loop } from "./state.ts";

/**
 * Deals with a failure of the current stage. A failure that was there before with nothing changed is an infinite loop. Otherwise it is tried
 * again, as often as the run's limits let it (three times); then the incident reporter is called, and what that does not mend is put before a person.
 */
export function resolve(draft: Draft, failure: Failure): void {
  const { runId, stage, loops, limits } = draft.state;
  let loop = loops.find((open) => open.stage === stage);
  if (!loop) {
    loop = { stage, attempts: 0, by: "self-healed" };
    draft.events.push({ type: "resolution.opened", runId, stage, attempt: 0 });
  }
  // The loop of the stage that failed last is the one that is worked on.
  setLoop(draft, stage, loop);
  if (isRepeated(draft, failure)) report(draft, loop, "infinite-loop");
  else if (loop.attempts < limits.verifyAttempts) attempt(draft, loop);
  else if (loop.by === "self-healed") report(draft, loop, "attempts-exhausted");
  else askPerson(draft);
}

/** Makes the next attempt in a loop, unless it would be one too many. */
export function attempt(draft: Draft, loop: Loop): void {
  const { runId, limits } = draft.state;
  const { stage } = loop;
  const inAll = (draft.state.attempts[stage] ?? 0) + 1;
  if (inAll > limits.loopAttempts) report(draft, loop, "infinite-loop");
  else {
    const attempts = loop.attempts + 1;
    draft.state.attempts = { ...draft.state.attempts, [stage]: inAll };
    setLoop(draft, stage, { ...loop, attempts });
    draft.events.push({ type: "resolution.attempted", runId, stage, attempt: attempts });
    enter(draft, stageKinds[stage].mendAt);
  }
}

function isRepeated({ state }: Draft, { reason, fingerprint }: Failure): boolean {
  if (fingerprint === undefined) return false;
  const seen = `${state.stage} ${reason} ${fingerprint}`;
  const isKnown = state.seen.includes(seen);
  state.seen = [...state.seen, seen];
  return isKnown;
}

function report(draft: Draft, loop: Loop, reason: CommandOf<"report">["reason"]): void {
  const { runId } = draft.state;
  const { stage, attempts } = loop;
  if (reason === "infinite-loop") draft.events.push({ type: "resolution.infinite", runId, stage });
  draft.state.incident = true;
  draft.events.push({ type: "incident.reported", runId, reason });
  setLoop(draft, stage, { ...loop, by: loop.by === "person" ? "person" : "incident-reporter" });
  command(draft, { kind: "report", stepId: `incident-${stage}`, stage, reason, attempts });
}

/** Puts the failure of the current stage before a person. */
export function askPerson(draft: Draft): void {
  const { stage } = draft.state;
  command(draft, { kind: "ask-person", stepId: `person-${stage}`, stage, about: "failure" });
}
