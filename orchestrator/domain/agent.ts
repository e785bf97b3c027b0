import { z } from "zod";
import type { DecidedByFlags } from "./run.ts";
import { symbolicId } from "./workflow.ts";

/** How the ids of agents begin that a process brings along. */
export const residentPrefix = "resident-";

/** What an agent says of itself when it registers (NX-5); its type is one of the platform's. */
export const agentRegistration = z.strictObject({
  id: symbolicId.refine((id) => !id.startsWith(residentPrefix), {
    error: `must not begin with ${residentPrefix}: those are the agents that processes bring along`,
  }),
  type: symbolicId,
  capabilities: z.array(symbolicId).max(32).default([]),
  /** Steps that it can do at once. */
  capacity: z.int().min(1).max(100).default(1),
});
export type AgentRegistration = z.infer<typeof agentRegistration>;

export interface Agent extends AgentRegistration {
  /** `lost` when no heartbeat came within the lease; its steps are given to others. */
  state: "idle" | "busy" | "draining" | "lost";
  /** Steps that it does now. */
  load: number;
  heartbeatAt: string;
}

/** An agent of this id is there, and is not the caller's to change. */
export class AgentTaken extends Error {
  override readonly name = "AgentTaken";
}

/** What an agent is asked to do, once: the key makes a repeated delivery harmless. */
export interface Assignment {
  /** RUN/STEP/ATTEMPT. */
  key: string;
  runId: string;
  stepId: string;
  attempt: number;
  agent: string;
  type: string;
  input: Record<string, unknown>;
  /** What flags decided of its run. */
  flags?: DecidedByFlags;
  /** W3C trace context of the step's span. */
  traceparent?: string;
}

/** Does an assignment's work. Throws a Postponed when it must wait for something, anything else when it failed; must stop when the signal does. */
export type Worker = (assignment: Assignment, signal: AbortSignal) => Promise<WorkResult>;

export interface WorkResult extends Spent {
  output: unknown;
}

/** What work took. */
export interface Spent {
  /** Input and output tokens of all model calls. */
  tokens: number;
  costUsd: number;
  /** Bytes of evidence written (WV-14). */
  evidenceBytes: number;
}

/** A failure may say what the work had taken by then: its run has spent that all the same. */
export interface CostlyFailure extends Error {
  spent: Spent;
}

/**
 * Work that cannot be done now, through no fault of its own: what it needs is away or used up. The run is paused until it is worth trying
 * again, and the attempt does not count (WV-15: fail over, then pause).
 */
export class Postponed extends Error {
  override readonly name = "Postponed";
  /** Resolves when it is worth trying again; need not heed the signal. */
  readonly until: (signal: AbortSignal) => Promise<void>;
  constructor(message: string, until: (signal: AbortSignal) => Promise<void>) {
    super(message);
    this.until = until;
  }
}
