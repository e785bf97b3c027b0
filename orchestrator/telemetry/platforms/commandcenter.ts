import type { EventOf } from "../../domain/event.ts";
import type { EventMetrics, ServiceInstruments } from "../event-metrics.ts";
import { countModelCall } from "../gen-ai.ts";
import { declaredValues, type PlatformTelemetry, type ReadGauges } from "../platform-telemetry.ts";
import { byLabel, oneOrZero, plain } from "../readings.ts";
import { commandcenterUnsourced } from "./commandcenter-unsourced.ts";

const triggers = { dashboard: "person", api: "api", schedule: "schedule" } as const;
const agentOutcomes = { succeeded: "succeeded", failed: "failed", "timed-out": "timed-out" } as const;

/** Agents that the platform does not know by name count as custom ones. */
const known = ["security-scanner", "compliance-checker", "patcher", "code-reviewer"];
const agentOf = (type: string | undefined) => (type !== undefined && known.includes(type) ? type : "custom");

/** What CommandCenter's metrics count (CC-3, CC-7, CC-9, CC-13, CC-14). */
const events: EventMetrics = {
  "run.started": ({ source, waitedSeconds }, on) => {
    const trigger = triggers[source];
    on("orchestrator").add("commandcenter_runs_started_total", { trigger });
    on("orchestrator").record("commandcenter_run_start_duration_seconds", { trigger }, waitedSeconds);
  },
  "run.finished": (event, on) => countFinished(event, on),
  "step.started": ({ agentType, risk, approval }, on) =>
    on("orchestrator").add("commandcenter_agent_runs_started_total", {
      agent: agentOf(agentType),
      risk_level: risk,
      approval,
    }),
  "step.finished": (event, on) => countStep(event, on),
  "approval.decided": ({ decision, waitedSeconds }, on) => {
    const risk_level = "APPROVAL_REQUIRED";
    on("api").add("commandcenter_approvals_total", { risk_level, decision });
    on("api").record("commandcenter_approval_wait_seconds", { risk_level }, waitedSeconds);
    const step = { step_kind: "approval" };
    on("orchestrator").record("commandcenter_step_duration_seconds", step, waitedSeconds);
    const outcome = decision === "approved" ? "succeeded" : "cancelled";
    on("orchestrator").add("commandcenter_steps_finished_total", { ...step, outcome });
  },
  "approval.refused": ({ reason }, on) => on("api").add("commandcenter_approvals_refused_total", { reason }),
  "request.refused": ({ reason, why }, on) => {
    if (reason === "invalid") on("api").add("commandcenter_inputs_refused_total", { kind: "schema" });
    if (why === "endpoint" || why === "user-quota" || why === "project-quota")
      on("api").add("commandcenter_rate_limit_refusals_total", { limit: why });
  },
  "model.called": (event, on) => {
    const agent = agentOf(event.agentType);
    countModelCall(on("orchestrator"), event, { agent });
    const of = { gen_ai_provider_name: event.provider, gen_ai_request_model: event.model, agent };
    on("orchestrator").add("commandcenter_model_cost_usd_total", of, event.costUsd);
  },
  "breaker.changed": ({ breaker, state }, on) => {
    if (state !== "open") return;
    // The pool is both services'; agents are the orchestrator's.
    const services = breaker === "agent-executor" ? ["orchestrator"] : ["api", "orchestrator"];
    for (const service of services) on(service).add("commandcenter_breaker_trips_total", { breaker });
  },
};

function countFinished(event: EventOf<"run.finished">, on: ServiceInstruments): void {
  const { workflow, outcome, project, steps, costUsd } = event;
  const orchestrator = on("orchestrator");
  const count = steps.succeeded + steps.failed + steps.skipped;
  const size = count === 1 ? "single-agent" : "several-agents";
  orchestrator.add("commandcenter_runs_finished_total", { workflow, outcome });
  orchestrator.record(
    "commandcenter_run_duration_seconds",
    { size, outcome },
    Math.max(0, event.seconds - event.forPeopleSeconds),
  );
  orchestrator.add("commandcenter_run_cost_usd_total", { project, workflow }, costUsd);
  if (steps.skipped > 0) {
    const skipped = { step_kind: "agent", outcome: "skipped" };
    orchestrator.add("commandcenter_steps_finished_total", skipped, steps.skipped);
  }
  if (outcome === "failed") orchestrator.add("commandcenter_dag_failures_total", { reason: "step-failed" });
}

function countStep(event: EventOf<"step.finished">, on: ServiceInstruments): void {
  const { agentType, risk, outcome, again, seconds } = event;
  // The same attempt begins anew: nothing has ended.
  if (outcome === "postponed") return;
  const orchestrator = on("orchestrator");
  const agent = agentOf(agentType);
  orchestrator.record("commandcenter_step_duration_seconds", { step_kind: "agent" }, seconds);
  orchestrator.record("commandcenter_agent_run_duration_seconds", { agent }, seconds);
  const ended = { agent, risk_level: risk, outcome: agentOutcomes[outcome] };
  orchestrator.add("commandcenter_agent_runs_finished_total", ended);
  if (again) {
    const reason = outcome === "timed-out" ? "timeout" : "agent-error";
    orchestrator.add("commandcenter_step_retries_total", { reason });
    return;
  }
  const state = outcome === "succeeded" ? "succeeded" : "failed";
  orchestrator.add("commandcenter_steps_finished_total", { step_kind: "agent", outcome: state });
}

const risks = ["AUTO", "NOTIFY", "APPROVAL_REQUIRED"];

const ofApi: ReadGauges = async ({ state, metrics }) => {
  const { pending, oldestSeconds } = await state.approvals();
  const ofRisk = (value: number) =>
    risks.map((risk_level) => ({
      labels: { risk_level },
      value: risk_level === "APPROVAL_REQUIRED" ? value : 0,
    }));
  const { monthByProject } = await state.costs();
  return {
    commandcenter_approvals_pending: ofRisk(pending),
    commandcenter_approval_oldest_seconds: ofRisk(oldestSeconds),
    commandcenter_breaker_open: openBreakers(metrics, state.openBreakers()),
    // It has just answered what this scrape asked.
    commandcenter_dependency_reachable: [{ labels: { dependency: "postgres" }, value: 1 }],
    commandcenter_budget_spent_usd: byLabel("project", monthByProject),
  };
};

const ofOrchestrator: ReadGauges = async ({ state, work, limits, metrics }) => {
  const isLeader = await state.isLeader();
  const { queued, running, paused, ...waiting } = await state.runs();
  const agents = declaredValues(metrics, "commandcenter_agent_runs_active", "agent");
  return {
    commandcenter_agent_runs_active: byLabel("agent", work.working(agents)),
    commandcenter_breaker_open: openBreakers(metrics, state.openBreakers()),
    commandcenter_dependency_reachable: [{ labels: { dependency: "postgres" }, value: 1 }],
    commandcenter_run_limit: isLeader ? plain(limits.runs()) : [],
    commandcenter_runs: isLeader ? byLabel("state", { pending: queued, running, paused, ...waiting }) : [],
    commandcenter_orphaned_runs: isLeader ? plain(await state.orphanedRuns()) : [],
  };
};

function openBreakers(metrics: Parameters<typeof declaredValues>[0], open: Iterable<string>) {
  const breakers = declaredValues(metrics, "commandcenter_breaker_open", "breaker");
  return oneOrZero("breaker", breakers, new Set(open));
}

/** CommandCenter: the process is its API and its orchestrator. */
export const commandcenter: PlatformTelemetry = {
  services: ["api", "orchestrator"],
  api: "api",
  events,
  gauges: { api: [ofApi], orchestrator: [ofOrchestrator] },
  unsourced: commandcenterUnsourced,
};
