// For tests: what can happen, of every kind. The type asks for a sample of each kind that is added.
import type { EventOf, EventType } from "../domain/event.ts";

const runId = "0190f3a0-0000-7000-8000-000000000001";
const approvalId = "0190f3a0-0000-7000-8000-000000000002";
const run = { runId, priority: "normal" } as const;
const finished: EventOf<"run.finished"> = {
  ...{ type: "run.finished", ...run, workflow: "review-change", project: "shop", outcome: "succeeded" },
  steps: { succeeded: 2, failed: 0, skipped: 1 },
  ...{ seconds: 20, sinceAcceptedSeconds: 25, forPeopleSeconds: 5 },
  ...{ tokens: 1_200, costUsd: 0.02, evidenceBytes: 5e5, incident: false, intervention: false },
};
const step = { runId, stepId: "review", attempt: 1, risk: "AUTO" } as const;
const called: EventOf<"model.called"> = {
  ...{
    type: "model.called",
    runId,
    provider: "anthropic",
    model: "small",
    stage: "spec",
    agentType: "tester",
  },
  ...{ inputTokens: 900, outputTokens: 300, costUsd: 0.02, seconds: 1.5, waitedSeconds: 0.1, error: "" },
};
const refused = { type: "request.refused", route: "createRun" } as const;

/** What the platform's catalog calls what events name. */
interface Names {
  agentType: string;
  breakers: readonly string[];
}

type Samples = { [T in EventType]: EventOf<T>[] };

/** At least one event of each kind, and one for each way in which it is counted. */
export function sampleEvents(names: Names): Samples {
  return { ...ofRuns(names), ...ofAgents(names), ...ofTheRest(names) };
}

function ofRuns({ agentType }: Names) {
  return {
    "run.accepted": [{ type: "run.accepted", ...run, source: "api" }],
    "run.started": [
      {
        ...{ type: "run.started", ...run, source: "dashboard", waitedSeconds: 3 },
        flags: { "agent-instructions": { variant: "canary", value: "open-questions" } },
      },
    ],
    "run.finished": [finished, { ...finished, outcome: "failed" }, { ...finished, outcome: "cancelled" }],
    "step.started": [{ type: "step.started", ...step, agentType, approval: "not-needed" }],
    "step.finished": [
      { type: "step.finished", ...step, agentType, outcome: "succeeded", again: false, seconds: 3 },
      { type: "step.finished", ...step, agentType, outcome: "timed-out", again: true, seconds: 3 },
    ],
    "stage.entered": [{ type: "stage.entered", runId, stage: "spec" }],
    "stage.left": [
      { type: "stage.left", runId, stage: "spec", outcome: "passed", seconds: 20, retried: true },
    ],
    "gate.decided": [
      { type: "gate.decided", runId, gate: "3", outcome: "rejected", reason: "tests-failed", quorum: true },
    ],
    "rubric.scored": [{ type: "rubric.scored", runId, gate: "1", criterion: "clarity", score: 0.7 }],
    "adversary.caught": [{ type: "adversary.caught", runId, category: "skipped-test" }],
    "resolution.opened": [{ type: "resolution.opened", runId, stage: "verify", attempt: 0 }],
    "resolution.attempted": [{ type: "resolution.attempted", runId, stage: "verify", attempt: 1 }],
    "resolution.closed": [
      { type: "resolution.closed", runId, stage: "verify", attempts: 1, outcome: "resolved" },
    ],
    "resolution.infinite": [{ type: "resolution.infinite", runId, stage: "verify" }],
    "incident.reported": [{ type: "incident.reported", runId, reason: "attempts-exhausted" }],
    "failure.handled": [{ type: "failure.handled", resolution: "self-healed" }],
    "limit.reached": [{ type: "limit.reached", runId, limit: "tokens" }],
  } satisfies Partial<Samples>;
}

function ofAgents({ agentType }: Names) {
  const agent = { agentId: "a-1", agentType };
  return {
    "approval.requested": [{ type: "approval.requested", runId, approvalId, role: "approver" }],
    "approval.decided": [
      { type: "approval.decided", runId, approvalId, decision: "approved", waitedSeconds: 9 },
      { type: "approval.decided", runId, approvalId, decision: "expired", waitedSeconds: 86_400 },
    ],
    "approval.refused": [{ type: "approval.refused", runId, approvalId, reason: "own-request" }],
    "agent.registered": [{ type: "agent.registered", ...agent }],
    "agent.lost": [{ type: "agent.lost", ...agent, reason: "crashed" }],
    "agent.replaced": [{ type: "agent.replaced", ...agent, reason: "crashed", seconds: 1 }],
    "agent.removed": [{ type: "agent.removed", ...agent }],
    "agent.spawned": [{ type: "agent.spawned", agentType, outcome: "success", attempts: 1, seconds: 1 }],
    "agent.spawn-attempted": [
      { type: "agent.spawn-attempted", agentType, attempt: 1, outcome: "success", seconds: 1 },
    ],
    "agent.terminated": [{ type: "agent.terminated", agentType, outcome: "graceful" }],
  } satisfies Partial<Samples>;
}

function ofTheRest({ breakers }: Names) {
  return {
    "conflict.resolved": [{ type: "conflict.resolved", strategy: "priority", outcome: "resolved" }],
    "model.called": [called, { ...called, error: "429" }, { ...called, insteadOf: "breaker-open" }],
    "tool.called": [
      { type: "tool.called", runId, method: "tools/call", tool: "find", seconds: 1, error: "" },
    ],
    "breaker.changed": breakers.map((breaker) => ({
      ...{ type: "breaker.changed", breaker, state: "open", because: "5 failures" },
    })),
    "mode.changed": [
      {
        type: "mode.changed",
        ladder: "degradation",
        from: "normal",
        to: "minimal",
        by: "ada",
        because: "a test",
      },
    ],
    "emergency.changed": [{ type: "emergency.changed", from: 0, to: 2, by: "system", because: "resources" }],
    "person.requested": [{ type: "person.requested", because: "resources" }],
    "session.started": [{ type: "session.started", subject: "shop/s-1", agents: 1 }],
    "session.ended": [{ type: "session.ended", subject: "shop/s-1", seconds: 60, reason: "asked" }],
    "guardian.acted": [
      {
        ...{ type: "guardian.acted", subject: "s-1", resource: "memory", action: "clean-up" },
        ...{ outcome: "success", freedBytes: 1e6 },
      },
    ],
    "artifacts.compressed": [{ type: "artifacts.compressed", files: 2, bytesBefore: 9e5, bytesAfter: 1e5 }],
    "records.removed": [
      { type: "records.removed", events: 900, idempotencyKeys: 50, tokenEntries: 20, executions: 60 },
    ],
    "request.refused": [
      { ...refused, reason: "invalid" },
      { ...refused, reason: "queue-full" },
      { ...refused, reason: "unauthenticated", why: "expired" },
      { ...refused, reason: "rate-limit", why: "endpoint" },
    ],
    "audit.failed": [{ type: "audit.failed", operation: "mode-change" }],
  } satisfies Partial<Samples>;
}
