import { decideGate, type GateDecision } from "./decide-gate.ts";
import { command, type Draft } from "./draft.ts";
import { criteria, type Gate, gateOf, RUBRIC_THRESHOLD } from "./gates.ts";
import { resolve } from "./resolution.ts";
import { fail, leave, pass } from "./stage-moves.ts";
import type { AnswerOf } from "./state.ts";

/** Has the current stage's gate examine its work: all reviewers and the adversarial detector at once. Says whether there is a gate. */
export function examine(draft: Draft, fingerprint: string | undefined): boolean {
  const gate = gateOf(draft.state.stage);
  if (!gate) return false;
  Object.assign(draft.state, { votes: [], catches: [], threshold: RUBRIC_THRESHOLD, fingerprint });
  const { name } = gate;
  command(draft, { kind: "detect", stepId: `gate-${name}-detector`, gate: name });
  for (let reviewer = 1; reviewer <= gate.reviewers; reviewer++) {
    command(draft, { kind: "vote", stepId: `gate-${name}-reviewer-${reviewer}`, gate: name, reviewer });
  }
  return true;
}

/** Takes a vote or what the detector caught, and decides the gate once all are in. */
export function onExamined(draft: Draft, answer: AnswerOf<"vote"> | AnswerOf<"detect">): void {
  const { state } = draft;
  const gate = gateOf(state.stage);
  if (!gate) return;
  if (answer.kind === "vote") {
    state.votes = [...state.votes, answer.vote];
    tellScores(draft, gate, answer.vote);
  } else {
    state.catches = answer.catches === "absent" ? "absent" : [...new Set(answer.catches)];
    state.threshold = answer.threshold ?? RUBRIC_THRESHOLD;
    tellCatches(draft);
  }
  if (state.outstanding.length === 0) conclude(draft, gate, decideGate(gate, state, state.threshold));
}

function tellScores(draft: Draft, { name }: Gate, vote: AnswerOf<"vote">["vote"]): void {
  if (vote.verdict === "absent") return;
  const { runId } = draft.state;
  for (const criterion of criteria) {
    const score = vote.scores[criterion];
    if (score !== undefined)
      draft.events.push({ type: "rubric.scored", runId, gate: name, criterion, score });
  }
}

function tellCatches({ state: { catches, runId }, events }: Draft): void {
  if (catches === "absent") return;
  for (const category of catches) events.push({ type: "adversary.caught", runId, category });
}

function conclude(draft: Draft, gate: Gate, decision: GateDecision): void {
  const { runId, stage } = draft.state;
  draft.events.push({ type: "gate.decided", runId, gate: gate.name, ...decision });
  if (decision.outcome === "approved") pass(draft);
  else if (decision.outcome === "rejected") reject(draft, decision.reason);
  else command(draft, { kind: "ask-person", stepId: `quorum-${gate.name}`, stage, about: "quorum" });
}

function reject(draft: Draft, reason: GateDecision["reason"] = "other"): void {
  leave(draft, "failed");
  resolve(draft, { reason, fingerprint: draft.state.fingerprint });
}

/** What a person says where reviewers did not agree (WV-6). A vote that was repeated as often as a stage may be mended is not repeated again: the gate rejects. */
export function onQuorumAnswer(draft: Draft, decision: AnswerOf<"ask-person">["decision"]): void {
  const gate = gateOf(draft.state.stage);
  if (!gate) return;
  draft.events.push({ type: "failure.handled", resolution: "person" });
  const asked = draft.state.commanded[`quorum-${gate.name}`] ?? 0;
  if (decision === "stop") {
    leave(draft, "failed");
    fail(draft, "person");
  } else if (decision === "again" && asked <= draft.state.limits.loopAttempts)
    examine(draft, draft.state.fingerprint);
  else decideByPerson(draft, gate, decision === "approve" ? "approved" : "rejected");
}

function decideByPerson(draft: Draft, { name }: Gate, outcome: "approved" | "rejected"): void {
  const { runId } = draft.state;
  draft.events.push({ type: "gate.decided", runId, gate: name, outcome, quorum: false, by: "person" });
  if (outcome === "approved") pass(draft);
  else reject(draft);
}
