import type { EventMetrics, ServiceInstruments } from "../event-metrics.ts";
import type { PlatformTelemetry, ReadGauges } from "../platform-telemetry.ts";
import { memoryLimit } from "../process-metrics.ts";
import { byLabel, plain } from "../readings.ts";
import { noHttpClient, noLogProcessor, noRedisPool } from "./absent.ts";

const coordinator = "multi-agent-coordinator";
const outcomes = { succeeded: "completed", failed: "failed", cancelled: "cancelled" } as const;

const refusedTokens = {
  "no-token": "malformed",
  malformed: "malformed",
  expired: "expired",
  "bad-signature": "bad-signature",
  "wrong-audience": "wrong-audience",
  "no-permission": "missing-role",
} as const;

/** Types of agents are named by who registers them: those that the platform does not know are not counted. */
function ofType(on: ServiceInstruments, metric: string, labels: Record<string, string>): void {
  if (on(coordinator).takes(metric, labels)) on(coordinator).add(metric, labels);
}

/** What Nexus' coordinator counts (NX-2, NX-4, NX-5, NX-9). */
const events: EventMetrics = {
  "run.accepted": (_, on) =>
    on(coordinator).add("nexus_audit_records_total", { action: "assign", outcome: "written" }),
  "run.started": ({ priority, waitedSeconds }, on) =>
    on(coordinator).record("nexus_task_wait_seconds", { priority }, waitedSeconds),
  "run.finished": ({ priority, outcome, sinceAcceptedSeconds }, on) => {
    on(coordinator).add("nexus_tasks_total", { outcome: outcomes[outcome] });
    on(coordinator).record("nexus_task_duration_seconds", { priority }, sinceAcceptedSeconds);
  },
  "step.started": ({ agentType: agent_type }, on) => {
    ofType(on, "nexus_agent_assignments_total", { agent_type });
    ofType(on, "nexus_capability_matches_total", { agent_type, outcome: "matched" });
  },
  "agent.registered": ({ agentType: agent_type }, on) =>
    ofType(on, "nexus_agent_registrations_total", { agent_type, event: "registered" }),
  "agent.removed": ({ agentType: agent_type }, on) =>
    ofType(on, "nexus_agent_registrations_total", { agent_type, event: "left" }),
  "agent.lost": ({ agentType: agent_type }, on) =>
    ofType(on, "nexus_agent_registrations_total", { agent_type, event: "expired" }),
  "conflict.resolved": ({ strategy, outcome }, on) =>
    on(coordinator).add("nexus_conflicts_total", {
      strategy,
      outcome: outcome === "resolved" ? "resolved" : "unresolved",
    }),
  "request.refused": ({ reason, why }, on) => {
    if (reason === "queue-full") on(coordinator).add("nexus_tasks_total", { outcome: "rejected" });
    const outcome = refusedTokens[why as keyof typeof refusedTokens];
    if (outcome) on(coordinator).add("nexus_token_verifications_total", { outcome });
  },
};

const gauges: ReadGauges = async ({ state, limits }) => {
  const { pending } = await state.work();
  const agents = await state.agents();
  const alive = agents.filter((one) => one.state !== "lost");
  const sum = (of: (agent: (typeof agents)[number]) => number) => {
    const sums: Record<string, number> = {};
    for (const agent of alive) sums[agent.type] = (sums[agent.type] ?? 0) + of(agent);
    return sums;
  };
  const [registered, load, capacity] = [
    sum((one) => one.count),
    sum((one) => one.load),
    sum((one) => one.capacity),
  ];
  const each = (value: (type: string) => number) =>
    byLabel("agent_type", Object.fromEntries(agentTypes.map((type) => [type, value(type)])));
  return {
    nexus_agents_registered: each((type) => registered[type] ?? 0),
    nexus_agent_busy_ratio: each((type) => Math.min(1, (load[type] ?? 0) / Math.max(1, capacity[type] ?? 0))),
    nexus_agents_limit: plain(limits.byName["coordinated-agents"] ?? 0),
    nexus_queue_limit_tasks: plain(limits.queuedRuns),
    nexus_queue_tasks: byLabel("priority", pending),
    nexus_memory_limit_bytes: plain(await memoryLimit()),
  };
};

const agentTypes = [
  "architect",
  "developer",
  "reviewer",
  "tester",
  "security",
  "data",
  "operations",
  "documentation",
];

/** Nexus: the process is its coordinator; learning, optimising and housekeeping are programs of their own. */
export const nexus: PlatformTelemetry = {
  services: [coordinator],
  api: coordinator,
  events,
  gauges: { [coordinator]: [gauges] },
  letIn: (on) => on(coordinator).add("nexus_token_verifications_total", { outcome: "accepted" }),
  tables: { agents: "agents", runs: "queue", audit: "audit.records" },
  unsourced: [
    noHttpClient,
    noLogProcessor,
    noRedisPool,
    {
      because: "there is no Redis: PostgreSQL holds all state",
      metrics: ["nexus_redis_reachable"],
    },
    {
      because: "no agent is refused for the number of those that are registered",
      metrics: ["nexus_agent_registrations_total"],
      values: { label: "event", of: ["refused"] },
    },
    {
      because: "a task whose agent is missing waits until one comes: no search ends without one",
      metrics: ["nexus_capability_matches_total"],
      values: { label: "outcome", of: ["unmatched"] },
    },
    {
      because: "the coordinator neither learns nor optimises, and reading is not audited",
      metrics: ["nexus_audit_records_total"],
      values: { label: "action", of: ["learn", "optimise", "read"] },
    },
    {
      because: "there is no Redis: PostgreSQL holds all state",
      metrics: ["db_client_operation_duration_seconds"],
      values: { label: "db_system_name", of: ["redis"] },
    },
  ],
};
