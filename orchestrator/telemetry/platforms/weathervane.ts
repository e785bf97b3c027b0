import type { EventOf } from "../../domain/event.ts";
import type { EventMetrics, ServiceInstruments } from "../event-metrics.ts";
import { countModelCall } from "../gen-ai.ts";
import type { PlatformTelemetry } from "../platform-telemetry.ts";
import { plain } from "../readings.ts";
import { noBrowser, noServerOfItsOwn } from "./absent.ts";
import { ownGauges, platformGauges } from "./weathervane-gauges.ts";

const outcomes = { succeeded: "success", failed: "failure", cancelled: "cancelled" } as const;
const toolErrors = ["", "tool_error", "timeout", "connection"];
const yesOrNo = (value: boolean) => (value ? "true" : "false");

/** What WeatherVane's metrics count (WV-2 … WV-7, WV-14, WV-20); most are the autopilot's. */
const events: EventMetrics = {
  "run.accepted": (_, on) => {
    operated("task", on, "dashboard-api");
    on("dashboard-api").add("weathervane_operator_actions_total", { action: "create" });
  },
  "run.started": ({ priority, source, waitedSeconds, flags = {} }, on) => {
    operated("task", on);
    for (const [flag, { variant }] of Object.entries(flags))
      on("autopilot").add("weathervane_flag_evaluations_total", { flag, variant });
    on("autopilot").add("weathervane_tasks_started_total", { priority, source });
    on("autopilot").record("weathervane_task_wait_seconds", { priority }, waitedSeconds);
  },
  "run.finished": (event, on) => {
    operated("task", on);
    countFinished(event, on);
  },
  "stage.left": ({ stage, outcome, seconds, retried }, on) => {
    operated("stage", on);
    on("autopilot").record("weathervane_stage_duration_seconds", { stage, outcome }, seconds);
    if (retried) on("autopilot").add("weathervane_task_retries_total", { stage });
  },
  "gate.decided": ({ gate, outcome, reason, quorum }, on) => {
    operated("gate", on);
    on("autopilot").add("weathervane_gate_consensus_total", { gate, outcome: quorum ? "reached" : "missed" });
    if (quorum) on("autopilot").add("weathervane_gate_decisions_total", { gate, outcome });
    if (outcome === "rejected")
      on("autopilot").add("weathervane_gate_rejections_total", { gate, reason: reason ?? "other" });
  },
  "rubric.scored": ({ gate, criterion, score }, on) =>
    on("autopilot").record("weathervane_rubric_score_ratio", { gate, criterion }, score),
  "adversary.caught": ({ category }, on) =>
    on("autopilot").add("weathervane_adversarial_catches_total", { category }),
  "resolution.attempted": (_, on) => operated("resolution", on),
  "resolution.closed": ({ stage, attempts, outcome }, on) =>
    on("autopilot").record("weathervane_resolution_loop_attempts", { stage, outcome }, attempts),
  "resolution.infinite": ({ stage }, on) =>
    on("autopilot").add("weathervane_infinite_loops_total", { stage }),
  "incident.reported": ({ reason }, on) =>
    on("autopilot").add("weathervane_incident_reports_total", { reason }),
  "failure.handled": ({ resolution }, on) =>
    on("autopilot").add("weathervane_failures_handled_total", { resolution }),
  "limit.reached": ({ limit }, on) => on("autopilot").add("weathervane_task_limit_hits_total", { limit }),
  "model.called": (event, on) => {
    // Calls outside of the pipeline are not a stage's.
    if (event.stage === undefined) return;
    const { provider, stage, costUsd } = event;
    countModelCall(on("autopilot"), event, { stage });
    on("autopilot").add("weathervane_model_cost_usd_total", { provider, stage }, costUsd);
  },
  "tool.called": ({ method, seconds, error }, on) => {
    operated("tool-call", on);
    const error_type = toolErrors.includes(error) ? error : "_OTHER";
    on("autopilot").record(
      "mcp_client_operation_duration_seconds",
      { mcp_method_name: method, error_type },
      seconds,
    );
  },
  "artifacts.compressed": ({ files, bytesBefore, bytesAfter }, on) => {
    for (const [direction, bytes] of [
      ["read", bytesBefore],
      ["write", bytesAfter],
    ] as const) {
      on("autopilot").add("weathervane_evidence_io_bytes_total", { direction }, bytes);
      on("autopilot").add(
        "weathervane_evidence_io_operations_total",
        { direction, outcome: "success" },
        files,
      );
    }
  },
  "breaker.changed": ({ breaker, state }, on) => {
    operated("breaker-change", on);
    if (state === "open") on("autopilot").add("weathervane_breaker_trips_total", { breaker });
  },
  "mode.changed": ({ by }, on) => {
    operated("mode-change", on);
    if (by !== "system")
      on("dashboard-api").add("weathervane_operator_actions_total", { action: "change-mode" });
  },
  "approval.decided": ({ decision }, on) => {
    if (decision === "expired") return;
    const action = decision === "approved" ? "approve" : "reject";
    on("dashboard-api").add("weathervane_operator_actions_total", { action });
  },
  "audit.failed": ({ operation }, on) =>
    on("autopilot").add("weathervane_operations_total", { operation, logged: "false" }),
};

/** 100 % of operations are logged (WV-20): the event itself is the record, and `audit.failed` says where it was not. */
function operated(operation: string, on: ServiceInstruments, service = "autopilot"): void {
  on(service).add("weathervane_operations_total", { operation, logged: "true" });
}

function countFinished(event: EventOf<"run.finished">, on: ServiceInstruments): void {
  const { priority, tokens, costUsd, evidenceBytes } = event;
  const autopilot = on("autopilot");
  const outcome = outcomes[event.outcome];
  const [incident, intervention] = [yesOrNo(event.incident), yesOrNo(event.intervention)];
  autopilot.add("weathervane_tasks_finished_total", { outcome, priority, incident, intervention });
  autopilot.record("weathervane_task_duration_seconds", { outcome, priority }, event.seconds);
  autopilot.record("weathervane_task_usage_tokens", {}, tokens);
  autopilot.record("weathervane_task_cost_usd", {}, costUsd);
  autopilot.record("weathervane_task_evidence_bytes", {}, evidenceBytes);
}

/** WeatherVane: the process is its autopilot and the API of its dashboard. */
export const weathervane: PlatformTelemetry = {
  services: ["autopilot", "dashboard-api"],
  api: "dashboard-api",
  events,
  gauges: {
    autopilot: [ownGauges, platformGauges],
    "dashboard-api": [
      async ({ state }) => {
        const { streams, sockets } = state.live();
        return { weathervane_dashboard_sessions: plain(streams + sockets.used + sockets.idle) };
      },
    ],
  },
  unsourced: [
    noBrowser,
    noServerOfItsOwn(["autopilot"]),
    {
      because: "whether one breaker opened because of another is not found out",
      metrics: ["weathervane_cascading_failures_total"],
    },
    {
      because: "the dashboard's API neither reads nor writes evidence",
      services: ["dashboard-api"],
      metrics: ["weathervane_evidence_io_bytes_total", "weathervane_evidence_io_operations_total"],
    },
  ],
};
