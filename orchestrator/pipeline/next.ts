import type { Draft } from "./draft.ts";
import { draftOf, finished } from "./draft.ts";
import { examine, onExamined, onQuorumAnswer } from "./examination.ts";
import { RUBRIC_THRESHOLD } from "./gates.ts";
import { askPerson, attempt, resolve } from "./resolution.ts";
import { enter, fail, leave, pass } from "./stage-moves.ts";
import { type PipelineMode, stagesOf } from "./stages.ts";
import {
  type Answer,
  type AnswerOf,
  type AttemptLimits,
  type Command,
  type CommandOf,
  type PipelineState,
  type Turn,
  usualAttempts,
} from "./state.ts";

/** What a run of the pipeline starts from; `at` is now, in milliseconds since 1970. */
export interface Start {
  runId: string;
  mode: PipelineMode;
  limits?: AttemptLimits;
  at: number;
}

/** Begins a run of the pipeline: its first stage is entered. */
export function start({ runId, mode, limits = usualAttempts, at }: Start): Turn {
  const stages = stagesOf(mode);
  const [stage = "spec"] = stages;
  const state: PipelineState = {
    runId,
    stages,
    limits,
    stage,
    enteredAt: at,
    retried: false,
    outstanding: [],
    votes: [],
    catches: [],
    threshold: RUBRIC_THRESHOLD,
    commanded: {},
    loops: [],
    attempts: {},
    seen: [],
    incident: false,
    intervention: false,
  };
  const draft = draftOf(state, at);
  enter(draft, stage);
  return finished(draft);
}

/**
 * What follows from an answer (WV-1, WV-3, WV-15). The same state and answer give the same turn; an answer that nobody waits for (a second
 * delivery, a late one) changes nothing. Whatever the answers, a run ends: no stage is mended more often than its limits let it (five times).
 */
export function next(state: PipelineState, answer: Answer): Turn {
  const awaited = state.outstanding.find(({ key }) => key === answer.key);
  if (!awaited || awaited.kind !== answer.kind) return { state, events: [], commands: [] };
  const draft = draftOf(state, answer.at);
  draft.state.outstanding = state.outstanding.filter(({ key }) => key !== answer.key);
  follow(draft, awaited, answer);
  return finished(draft);
}

function follow(draft: Draft, awaited: Command, answer: Answer): void {
  if (answer.kind === "work") onWork(draft, answer);
  else if (answer.kind === "vote" || answer.kind === "detect") onExamined(draft, answer);
  else if (awaited.kind === "report") onReport(draft, awaited, answer as AnswerOf<"report">);
  else if (awaited.kind === "ask-person") onPerson(draft, awaited, answer as AnswerOf<"ask-person">);
}

function onWork(draft: Draft, answer: AnswerOf<"work">): void {
  if (answer.outcome === "passed") {
    if (!examine(draft, answer.fingerprint)) pass(draft);
    return;
  }
  leave(draft, "failed");
  resolve(draft, answer.failure);
}

function onReport(draft: Draft, { reason }: CommandOf<"report">, { outcome }: AnswerOf<"report">): void {
  const loop = draft.state.loops.at(-1);
  // Nobody goes on with a run that went in circles.
  if (reason === "infinite-loop" || !loop) fail(draft, "incident-reporter");
  else if (outcome === "mended") attempt(draft, loop);
  else askPerson(draft);
}

function onPerson(draft: Draft, { about }: CommandOf<"ask-person">, answer: AnswerOf<"ask-person">): void {
  draft.state.intervention = true;
  const loop = draft.state.loops.at(-1);
  if (about === "quorum") onQuorumAnswer(draft, answer.decision);
  else if (answer.decision === "again" && loop) attempt(draft, { ...loop, by: "person" });
  else fail(draft, "person");
}
