import type { DomainEvent } from "../domain/event.ts";
import type { Detection, Vote } from "./decide-gate.ts";
import type { GateName, RejectionReason } from "./gates.ts";
import type { Stage } from "./stages.ts";

/** What the engine is to have done, and to answer with the same key. Keys never repeat within a run: STEP/ATTEMPT. */
export type Command = { key: string; stepId: string; attempt: number } & (
  | { kind: "work"; stage: Stage; retried: boolean }
  | { kind: "vote"; gate: GateName; reviewer: number }
  | { kind: "detect"; gate: GateName }
  | { kind: "report"; stage: Stage; reason: "attempts-exhausted" | "infinite-loop"; attempts: number }
  /** `quorum`: approve, reject, or vote again; `failure`: try again, or stop. */
  | { kind: "ask-person"; stage: Stage; about: "quorum" | "failure" }
);
export type CommandKind = Command["kind"];
export type CommandOf<K extends CommandKind> = Extract<Command, { kind: K }>;

/** Why work failed, for a person and the incident reporter. */
export interface Failure {
  reason: RejectionReason | "error";
  /**
   * Digest of what the work was when it failed: the same one again means that nothing changed. Without it (a crash, a time-out) the failure is
   * like no other.
   */
  fingerprint?: string | undefined;
}

/** What became of a command. `at` is when it was known, in milliseconds since 1970: the reducer has no clock. */
export type Answer = { key: string; at: number } & (
  | { kind: "work"; outcome: "passed"; fingerprint?: string | undefined }
  | { kind: "work"; outcome: "failed"; failure: Failure }
  | { kind: "vote"; vote: Vote }
  /** `threshold`: the mean rubric score that the gate asks for at this time, if it is not the usual one. */
  | { kind: "detect"; catches: Detection; threshold?: number }
  /** `mended`: the reporter knows what to do differently, and the work is tried once more. */
  | { kind: "report"; outcome: "mended" | "not-mended" }
  /** About a failure only `again` goes on. */
  | { kind: "ask-person"; decision: "approve" | "reject" | "again" | "stop" }
);
export type AnswerOf<K extends CommandKind> = Extract<Answer, { kind: K }>;

/** Who dealt with a failure in the end (WV-20). */
export type Handler = "self-healed" | "incident-reporter" | "person";

/** An open resolution loop: the attempts to mend a failure of one stage. */
export interface Loop {
  stage: Stage;
  attempts: number;
  /** Who had to be called so far. */
  by: Handler;
}

/** How often a failure is tried to be mended (WV-15). */
export interface AttemptLimits {
  /** Attempts that the pipeline makes by itself before it calls the incident reporter. */
  verifyAttempts: number;
  /** Attempts to mend one stage in one run, whoever asked for them: one more is an infinite loop (WV-6). */
  loopAttempts: number;
}

/** Where a platform's catalog says nothing: those of WV-15. */
export const usualAttempts: AttemptLimits = { verifyAttempts: 3, loopAttempts: 5 };

/** A run in the pipeline; plain JSON, so that it can be stored between any two answers. */
export interface PipelineState {
  runId: string;
  stages: readonly Stage[];
  /** As they were when the run started. */
  limits: AttemptLimits;
  /** Where the run is, while it goes on. */
  stage: Stage;
  enteredAt: number;
  retried: boolean;
  /** Commands whose answers are awaited. */
  outstanding: readonly Command[];
  /** What is known so far of the gate that examines now. */
  votes: readonly Vote[];
  catches: Detection;
  threshold: number;
  /** Digest of the work that the gate examines. */
  fingerprint?: string | undefined;
  /** How often each step was commanded. */
  commanded: Readonly<Record<string, number>>;
  /** Open loops, the one that was opened last at the end. */
  loops: readonly Loop[];
  /** Attempts to mend each stage, over the whole run. */
  attempts: Readonly<Partial<Record<Stage, number>>>;
  /** Failures with a fingerprint that were seen. */
  seen: readonly string[];
  /** Whether the incident reporter was called, and whether a person stepped in. */
  incident: boolean;
  intervention: boolean;
  outcome?: "succeeded" | "failed";
}

/** What follows from an answer: the new state, what happened, and what is to be done. The run has ended when the state has an outcome. */
export interface Turn {
  state: PipelineState;
  events: readonly DomainEvent[];
  commands: readonly Command[];
}
