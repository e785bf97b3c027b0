// Everything that happens to runs, agents, gates, breakers and modes, as the one record from which rows, log lines and metrics are made.
import type { DecidedByFlags } from "./run.ts";
import type { Priority, RiskLevel } from "./workflow.ts";

/** Why a request was not let in, as metrics tell it. */
export type RefusalCause =
  | "no-token"
  | "malformed"
  | "expired"
  | "bad-signature"
  | "wrong-audience"
  | "no-permission"
  | "endpoint"
  | "user-quota"
  | "project-quota";

/** What happened; `at` and `id` are given when it is recorded. Values are of closed sets or ids: never free text of a client. */
export type DomainEvent =
  | { type: "run.accepted"; runId: string; priority: Priority; source: "dashboard" | "api" | "schedule" }
  | {
      type: "run.started";
      runId: string;
      priority: Priority;
      source: "dashboard" | "api" | "schedule";
      waitedSeconds: number;
      /** What flags decided of it; absent where none does. */
      flags?: DecidedByFlags;
    }
  | {
      type: "run.finished";
      runId: string;
      workflow: string;
      priority: Priority;
      outcome: "succeeded" | "failed" | "cancelled";
      project: string;
      /** Its steps by how they ended. */
      steps: { succeeded: number; failed: number; skipped: number };
      /** From the start; `sinceAccepted` from when it was accepted, `forPeople` is what of it went by waiting for approvals. */
      seconds: number;
      sinceAcceptedSeconds: number;
      forPeopleSeconds: number;
      tokens: number;
      costUsd: number;
      evidenceBytes: number;
      incident: boolean;
      intervention: boolean;
      flags?: DecidedByFlags;
    }
  | {
      type: "step.started";
      runId: string;
      stepId: string;
      agentType: string;
      attempt: number;
      risk: RiskLevel;
      /** Whether a person's approval was there, where the risk needs one. */
      approval: "not-needed" | "granted" | "missing";
    }
  | {
      type: "step.finished";
      runId: string;
      stepId: string;
      agentType: string;
      attempt: number;
      risk: RiskLevel;
      /** `postponed`: it has to wait for something, and the same attempt begins anew later. */
      outcome: "succeeded" | "failed" | "timed-out" | "postponed";
      /** Whether another attempt follows. */
      again: boolean;
      seconds: number;
    }
  | { type: "stage.entered"; runId: string; stage: string }
  | {
      type: "stage.left";
      runId: string;
      stage: string;
      outcome: "passed" | "failed";
      seconds: number;
      retried: boolean;
    }
  | {
      type: "gate.decided";
      runId: string;
      gate: string;
      /** `undecided`: too few reviewers voted, or they did not agree; a person is asked. */
      outcome: "approved" | "rejected" | "undecided";
      reason?: string;
      /** Whether enough reviewers agreed. */
      quorum: boolean;
      /** Who decided, where it was not the reviewers' vote. */
      by?: "detector" | "person";
    }
  | { type: "rubric.scored"; runId: string; gate: string; criterion: string; score: number }
  | { type: "adversary.caught"; runId: string; category: string }
  | { type: "resolution.opened" | "resolution.attempted"; runId: string; stage: string; attempt: number }
  | {
      type: "resolution.closed";
      runId: string;
      stage: string;
      attempts: number;
      outcome: "resolved" | "escalated";
    }
  | { type: "resolution.infinite"; runId: string; stage: string }
  | { type: "incident.reported"; runId?: string; reason: string }
  | { type: "failure.handled"; resolution: "self-healed" | "incident-reporter" | "person" }
  | { type: "limit.reached"; runId: string; limit: "tokens" | "evidence" }
  | { type: "approval.requested"; runId: string; approvalId: string; role: string }
  | {
      type: "approval.decided";
      runId: string;
      approvalId: string;
      /** `expired`: by nobody, in the time that the platform gives. */
      decision: "approved" | "rejected" | "expired";
      waitedSeconds: number;
    }
  /** A decision that did not count. */
  | {
      type: "approval.refused";
      runId: string;
      approvalId: string;
      reason: "wrong-role" | "own-request" | "too-late";
    }
  | {
      type: "agent.registered" | "agent.lost" | "agent.replaced" | "agent.removed";
      agentId: string;
      agentType: string;
      /** Why it was lost, or replaced. */
      reason?: "crashed" | "unresponsive";
      /** Of a replacement: from the loss to the successor's first sign of life. */
      seconds?: number;
    }
  | {
      type: "agent.spawned";
      agentType: string;
      outcome: "success" | "failure";
      attempts: number;
      seconds: number;
    }
  | {
      type: "agent.spawn-attempted";
      agentType: string;
      attempt: number;
      outcome: "success" | "error" | "timeout";
      seconds: number;
    }
  | { type: "agent.terminated"; agentType: string; outcome: "graceful" | "killed" | "stuck" }
  | { type: "conflict.resolved"; strategy: string; outcome: "resolved" | "escalated" }
  | {
      type: "model.called";
      runId?: string;
      provider: string;
      model: string;
      stage?: string;
      /** Type of the agent that asked. */
      agentType?: string;
      /** From the request until the call was made. */
      waitedSeconds: number;
      /** Why the provider that is asked first did not answer, where another was called. */
      insteadOf?: "rate-limit" | "breaker-open" | "error";
      inputTokens: number;
      outputTokens: number;
      costUsd: number;
      seconds: number;
      /** Empty for success; else "timeout", a status code or "_OTHER". */
      error: string;
    }
  | { type: "tool.called"; runId?: string; method: string; tool?: string; seconds: number; error: string }
  | { type: "breaker.changed"; breaker: string; state: "closed" | "open" | "half-open"; because: string }
  | {
      type: "mode.changed";
      /** The modes that exclude one another, such as "degradation" or "session". */
      ladder: string;
      /** The session, as PROJECT/NAME, where the modes are its own. */
      subject?: string;
      from: string;
      to: string;
      by: string;
      because: string;
    }
  | { type: "emergency.changed"; from: number; to: number; by: string; because: string }
  | { type: "person.requested"; because: string }
  /** `subject`: the session, as PROJECT/NAME; whose it is, is told by it. */
  | { type: "session.started"; subject: string; agents: number }
  | { type: "session.ended"; subject: string; seconds: number; reason: SessionEnd }
  | {
      type: "guardian.acted";
      subject: string;
      resource: "memory" | "cpu" | "disk" | "processes";
      action: "slow-down" | "clean-up" | "stop-process" | "stop-agent";
      /** Whether usage fell below the limit within 10 seconds. */
      outcome: "success" | "failure";
      /** What a clean-up gave back. */
      freedBytes: number;
    }
  /** Old rows that no run needs any more, by kind. */
  | {
      type: "records.removed";
      events: number;
      idempotencyKeys: number;
      tokenEntries: number;
      executions: number;
    }
  | { type: "artifacts.compressed"; files: number; bytesBefore: number; bytesAfter: number }
  | {
      type: "request.refused";
      route: string;
      reason: "rate-limit" | "quota" | "unauthenticated" | "forbidden" | "invalid" | "queue-full" | "closed";
      /** What exactly, where the reason leaves it open. */
      why?: RefusalCause;
    }
  | { type: "audit.failed"; operation: string };

/** Why a session ended; `lost`: with the process that ran it. */
export type SessionEnd = "finished" | "asked" | "length" | "resources" | "emergency" | "stopping" | "lost";

export type EventType = DomainEvent["type"];
/** Events of one kind; kinds that look alike share a declaration. */
export type EventOf<T extends EventType> = DomainEvent extends infer E
  ? E extends { type: infer Kinds }
    ? T extends Kinds
      ? E & { type: T }
      : never
    : never
  : never;

/** An event as live readers get it; ids ascend within the database. */
export type RecordedEvent = DomainEvent & { id: number; at: string };

/** Records what happened: a row, a log line, the platform's metrics. Never throws for the reader's sake: a row that cannot be written is logged. */
export type RecordEvent = (event: DomainEvent) => void;
