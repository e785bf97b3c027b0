import type { Unsourced } from "../unsourced.ts";
import { noCache, noHttpClient, noLogProcessor, noRedisPool } from "./absent.ts";

/** What CommandCenter declares and this service does not measure. */
export const commandcenterUnsourced: readonly Unsourced[] = [
  noCache,
  noHttpClient,
  noLogProcessor,
  noRedisPool,
  {
    because: "there is no Redis: PostgreSQL holds all state",
    metrics: ["db_client_operation_duration_seconds"],
    values: { label: "db_system_name", of: ["redis"] },
  },
  {
    because: "there is no NATS and no Redis",
    metrics: ["commandcenter_dependency_reachable"],
    values: { label: "dependency", of: ["nats", "redis"] },
  },
  {
    because: "there is no NATS: the store's notifications and DBOS's queue do its work",
    metrics: [
      "messaging_client_operation_duration_seconds",
      "commandcenter_stream_messages",
      "commandcenter_stream_redeliveries_total",
    ],
  },
  {
    because: "agents are workers with scripted work or models, without the skills that find and mend",
    metrics: [
      "commandcenter_findings_total",
      "commandcenter_findings_resolved_total",
      "commandcenter_patches_total",
      "commandcenter_reviews_total",
    ],
  },
  {
    because: "there is no sandbox: agents' work is done in the process",
    metrics: [
      "commandcenter_agent_start_duration_seconds",
      "commandcenter_sandbox_refusals_total",
      "commandcenter_sandbox_violations_total",
      "commandcenter_agent_outputs_refused_total",
    ],
  },
  {
    because: "without a sandbox nothing is killed for its limits",
    metrics: ["commandcenter_agent_runs_finished_total"],
    values: { label: "outcome", of: ["killed"] },
  },
  {
    because: "people are not told of approvals by chat or mail: they read the API's list or its events",
    metrics: ["commandcenter_approval_notification_duration_seconds"],
  },
  {
    because: "schemas refuse input, and do not tell an attack from a mistake",
    metrics: ["commandcenter_inputs_refused_total"],
    values: { label: "kind", of: ["sql-injection", "xss", "path-traversal"] },
  },
  {
    because:
      "a DAG that has a cycle or names an unknown step is refused when it is sent, so that no run ends by it",
    metrics: ["commandcenter_dag_failures_total"],
    values: {
      label: "reason",
      of: ["cycle", "unknown-step", "missing-input", "invalid-output", "timeout"],
    },
  },
  {
    because: "no alert starts a run: what comes by the API counts as the API's",
    metrics: ["commandcenter_runs_started_total", "commandcenter_run_start_duration_seconds"],
    values: { label: "trigger", of: ["alert"] },
  },
  {
    because: "a breaker does not count the calls that it keeps back",
    metrics: ["commandcenter_breaker_refusals_total"],
  },
  {
    because:
      "projects have quotas of runs an hour and no budget of money; what is used of a quota is only told to its user",
    metrics: ["commandcenter_budget_usd", "commandcenter_quota_used_ratio"],
  },
  {
    because:
      "when a secret was rotated is known to whoever rotates it, and nothing searches what was written",
    metrics: ["commandcenter_secret_age_seconds", "commandcenter_secret_leaks_total"],
  },
  {
    because: "the work of an agent, an approval: other kinds of steps do not exist",
    metrics: ["commandcenter_step_duration_seconds", "commandcenter_steps_finished_total"],
    values: { label: "step_kind", of: ["condition", "fan-out", "join"] },
  },
  {
    because: "why an agent's work failed is not told apart any further",
    metrics: ["commandcenter_step_retries_total"],
    values: { label: "reason", of: ["executor", "model-provider", "other"] },
  },
];
