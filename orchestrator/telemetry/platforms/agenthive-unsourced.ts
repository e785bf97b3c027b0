import type { Unsourced } from "../unsourced.ts";
import { noBrowser, noLogProcessor, noServerOfItsOwn } from "./absent.ts";

const inside = ["session-manager", "resource-guardian", "spawn-manager", "model-gateway"];

/** What Agent Hive declares and this service does not measure. */
export const agenthiveUnsourced: readonly Unsourced[] = [
  noBrowser,
  noLogProcessor,
  noServerOfItsOwn(inside),
  {
    because: "it has no HTTP server of its own here: the API's service checks tokens and permissions",
    services: inside,
    metrics: ["agenthive_permission_checks_total"],
  },
  {
    because: "no route is served without its check",
    services: ["hive-api"],
    metrics: ["agenthive_permission_checks_total"],
    values: { label: "result", of: ["unchecked"] },
  },
  {
    because: "live readers do not say what they sit at: all count as desktop",
    metrics: ["agenthive_dashboard_viewers"],
    values: { label: "device", of: ["phone"] },
  },
  {
    because: "when a provider's key was made, and what a day may cost, is not told to the service",
    metrics: ["agenthive_api_key_age_seconds", "agenthive_cost_budget_limit_usd"],
  },
  {
    because: "only a call that was turned away for its rate is made again at the same provider",
    metrics: ["agenthive_model_retries_total"],
    values: { label: "reason", of: ["overload", "timeout", "connection"] },
  },
  {
    because: "sessions take no checkpoints, and nothing is rolled back to one",
    metrics: [
      "agenthive_checkpoint_age_seconds",
      "agenthive_checkpoints_total",
      "agenthive_backup_age_seconds",
      "agenthive_rollback_duration_seconds",
      "agenthive_rollbacks_total",
      "agenthive_performance_baseline_ratio",
    ],
  },
  {
    because: "agents do not change the hive's own code, and their decisions are not judged afterwards",
    metrics: [
      "agenthive_autonomy_score_ratio",
      "agenthive_decisions_total",
      "agenthive_self_modifications_total",
      "agenthive_code_coverage_ratio",
      "agenthive_technical_debt_seconds",
    ],
  },
  {
    because: "nothing here knows how many replicas there are, or should be",
    metrics: ["agenthive_current_replicas", "agenthive_recommended_replicas"],
  },
  {
    because:
      "a session is what its tasks are labelled with: it has no plan, no fatigue and no end of its own",
    metrics: [
      "agenthive_session_failure_probability_ratio",
      "agenthive_session_failures_total",
      "agenthive_session_fatigue_ratio",
      "agenthive_session_milestones_total",
      "agenthive_session_tests_total",
    ],
  },
  {
    because: "the guardian is not joined to a session's processes yet",
    metrics: ["agenthive_guardian_sweep_age_seconds", "agenthive_guardian_cleaned_processes_total"],
  },
  {
    because: "agents are replaced when they crashed or are silent",
    metrics: ["agenthive_agent_restarts_total"],
    values: { label: "reason", of: ["resources", "requested"] },
  },
  {
    because: "why a task failed is not told apart",
    metrics: ["agenthive_tasks_finished_total"],
    values: {
      label: "reason",
      of: ["rate-limit", "model", "tool", "validation", "resources", "agent-lost"],
    },
  },
  {
    because: "agents' workspaces and checkpoints are no volumes here",
    metrics: ["system_filesystem_limit_bytes", "system_filesystem_usage_bytes"],
  },
  {
    because: "the API has no operation for it",
    metrics: ["user_feature_uses_total", "user_visible_errors_total"],
    values: { label: "feature", of: ["roll-back"] },
  },
];
