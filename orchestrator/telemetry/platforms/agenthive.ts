import type { EventOf } from "../../domain/event.ts";
import type { EventMetrics, ServiceInstruments } from "../event-metrics.ts";
import { countModelCall } from "../gen-ai.ts";
import type { PlatformTelemetry } from "../platform-telemetry.ts";
import { apiGauges, gatewayGauges, guardianGauges, sessionGauges, spawnGauges } from "./agenthive-gauges.ts";
import { agenthiveUnsourced } from "./agenthive-unsourced.ts";

const outcomes = { succeeded: "success", failed: "failure", cancelled: "cancelled" } as const;
/** What brings a level about, as the catalog's signals call it. */
const causes = ["resources", "failures", "fatigue", "budget", "security", "rollback-failed"];
const tokens = {
  "no-token": "no-token",
  malformed: "bad-token",
  "bad-signature": "bad-token",
  "wrong-audience": "bad-token",
  expired: "expired-token",
  "no-permission": "no-permission",
} as const;

/** Types of agents are named by workflows: those that the platform does not know are not counted. */
function addOf(
  on: ServiceInstruments,
  { service, metric, labels }: { service: string; metric: string; labels: Record<string, string> },
): void {
  if (on(service).takes(metric, labels)) on(service).add(metric, labels);
}

const spawner = "spawn-manager";

/** What Agent Hive's services count (AH-1 … AH-9). */
const events: EventMetrics = {
  "run.finished": ({ outcome }, on) =>
    on("session-manager").add("agenthive_tasks_finished_total", {
      outcome: outcomes[outcome],
      reason: outcome === "failed" ? "other" : "",
    }),
  "step.finished": ({ agentType: agent_type, again, seconds }, on) => {
    const metric = "agenthive_task_duration_seconds";
    const sessions = on("session-manager");
    if (!again && sessions.takes(metric, { agent_type })) sessions.record(metric, { agent_type }, seconds);
  },
  "agent.spawned": ({ agentType: agent_type, outcome }, on) =>
    addOf(on, { service: spawner, metric: "agenthive_spawns_total", labels: { agent_type, outcome } }),
  "agent.spawn-attempted": ({ agentType: agent_type, attempt, outcome, seconds }, on) => {
    on(spawner).add("agenthive_spawn_attempts_total", { attempt: String(attempt), outcome });
    const metric = "agenthive_spawn_duration_seconds";
    if (on(spawner).takes(metric, { agent_type })) on(spawner).record(metric, { agent_type }, seconds);
  },
  "agent.terminated": ({ outcome }, on) => on(spawner).add("agenthive_terminations_total", { outcome }),
  "agent.replaced": ({ agentType: agent_type, reason = "crashed", seconds }, on) => {
    const labels = { agent_type, reason };
    addOf(on, { service: spawner, metric: "agenthive_agent_restarts_total", labels });
    const metric = "agenthive_agent_recovery_duration_seconds";
    if (seconds !== undefined && on(spawner).takes(metric, { agent_type }))
      on(spawner).record(metric, { agent_type }, seconds);
  },
  "guardian.acted": ({ resource, action, outcome, freedBytes }, on) => {
    const guardian = on("resource-guardian");
    guardian.add("agenthive_guardian_actions_total", { resource, action, outcome });
    if (resource === "memory" || resource === "disk")
      guardian.add("agenthive_guardian_cleaned_bytes_total", { resource }, freedBytes);
  },
  "emergency.changed": ({ from, to, by, because }, on) => {
    if (to <= from) return;
    const reason = by === "system" && causes.includes(because) ? because : "person";
    const labels = { level: String(to), reason };
    on("session-manager").add("agenthive_emergency_interventions_total", labels);
  },
  "model.called": (event, on) => countCall(event, on),
  "request.refused": ({ why }, on) => {
    const result = tokens[why as keyof typeof tokens];
    if (result) on("hive-api").add("agenthive_permission_checks_total", { result });
  },
};

function countCall(event: EventOf<"model.called">, on: ServiceInstruments): void {
  const gateway = on("model-gateway");
  const { provider, error, insteadOf, waitedSeconds } = event;
  countModelCall(gateway, event, {});
  if (gateway.takes("agenthive_api_key_requests_total", { key: provider }))
    gateway.add("agenthive_api_key_requests_total", { key: provider });
  // Calls have no priority of their own.
  gateway.record("agenthive_model_queue_wait_seconds", { priority: "normal" }, waitedSeconds);
  if (insteadOf) gateway.add("agenthive_model_fallbacks_total", { reason: insteadOf });
  const retried = { gen_ai_provider_name: provider, reason: "rate-limit" };
  // The queue makes a call again that was turned away for its rate.
  if (error === "429" && gateway.takes("agenthive_model_retries_total", retried))
    gateway.add("agenthive_model_retries_total", retried);
}

/** Agent Hive: the process is all of its services but the pages. */
export const agenthive: PlatformTelemetry = {
  services: ["hive-api", "session-manager", "resource-guardian", "spawn-manager", "model-gateway"],
  api: "hive-api",
  events,
  gauges: {
    "hive-api": [apiGauges],
    "session-manager": [sessionGauges],
    "resource-guardian": [guardianGauges],
    "spawn-manager": [spawnGauges],
    "model-gateway": [gatewayGauges],
  },
  letIn: (on) => on("hive-api").add("agenthive_permission_checks_total", { result: "allowed" }),
  features: {
    hiveCreateTask: "start-session",
    cancelRun: "stop-session",
    changeMode: "set-level",
    decideApproval: "answer-request",
    removeAgent: "restart-agent",
  },
  unsourced: agenthiveUnsourced,
};
