import { z } from "zod";
import { priority, symbolicId } from "./workflow.ts";

/** `paused` is what Emergency Stop does to a run: it keeps its state and goes on later (WV-12). */
export const runState = z.enum([
  "queued",
  "running",
  "waiting-for-approval",
  "paused",
  "succeeded",
  "failed",
  "cancelled",
]);
export type RunState = z.infer<typeof runState>;
export const finalStates: readonly RunState[] = ["succeeded", "failed", "cancelled"];

/** What a client asks for. */
export const runRequest = z.strictObject({
  workflow: symbolicId,
  input: z.record(z.string().max(100), z.json()).default({}),
  labels: z.record(symbolicId, z.string().max(200)).default({}),
  priority: priority.default("normal"),
  /** Runs that must have succeeded before this one starts (WV-13). */
  after: z.array(z.uuid()).max(100).default([]),
  /** The same key of the same client gives the same run: a repeated request does nothing twice. */
  idempotencyKey: z.string().min(1).max(200).optional(),
  /** Validated, queued and dropped before the first call of a model. */
  dryRun: z.boolean().default(false),
});
export type RunRequest = z.infer<typeof runRequest>;

export const stepState = z.enum([
  "waiting",
  "ready",
  "running",
  "waiting-for-approval",
  "succeeded",
  "failed",
  "skipped",
]);

export interface StepRecord {
  id: string;
  state: z.infer<typeof stepState>;
  /** From 1. */
  attempt: number;
  agent?: string;
  /** JSON that the agent wrote to its standard output (CC-5). */
  output?: unknown;
  /** For a person, with nothing secret in it. */
  error?: string;
  startedAt?: string;
  finishedAt?: string;
}

/** What a flag decided of a run: the variant that it is on, and what that means. */
interface Decided {
  variant: string;
  value: string;
}
/** By flag; for as long as the run lasts. */
export type DecidedByFlags = Readonly<Record<string, Decided>>;

export interface Run extends RunRequest {
  id: string;
  /** Version of the workflow that was current when the run was accepted. */
  workflowVersion: number;
  state: RunState;
  requestedBy: string;
  project: string;
  steps: StepRecord[];
  /** Set when it starts; absent where no flag decides anything. */
  flags?: DecidedByFlags;
  tokens: number;
  costUsd: number;
  /** ISO 8601, UTC. */
  acceptedAt: string;
  startedAt?: string;
  finishedAt?: string;
  error?: string;
}

/** Where a request for a run came from. */
export type RunSource = "dashboard" | "api" | "schedule";

/** For whom a run is asked. */
export interface Caller {
  subject: string;
  project: string;
  source: RunSource;
  requestId: string;
}

/** What came of a request for a run. */
export type Acceptance =
  | { kind: "accepted" | "repeated"; run: Run }
  | { kind: "unknown-workflow" }
  | { kind: "unknown-run"; ids: string[] }
  /** The idempotency key was used for another request. */
  | { kind: "key-reused" }
  | { kind: "queue-full"; queued: number }
  /** No new runs in this mode (WV-12), or while the process stops. */
  | { kind: "closed"; because: string };
