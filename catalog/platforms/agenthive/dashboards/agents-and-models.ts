import type { Row } from "./known.ts";

/** How agents start, live and are replaced (AH-7, AH-9). */
export const agents: Row = {
  title: "Agents",
  panels: [
    {
      meets: ["AH-9"],
      title: "Agents by state",
      description: "Unresponsive ones must be gone within seconds.",
      type: "timeseries",
      unit: "count",
      queries: [
        { expr: 'sum by (state) (agenthive_agents{agent_type=~"$agent_type"})', legend: "{{state}}" },
      ],
      alerts: ["agent-unresponsive", "spawn-manager-down"],
    },
    {
      meets: ["AH-7"],
      title: "Spawn failures in 24 hours",
      description: "Agents that could not be started in three attempts. Must be 0.",
      type: "stat",
      unit: "count",
      queries: [{ expr: 'sum(increase(agenthive_spawns_total{outcome="failure"}[1d]))', legend: "failures" }],
      thresholds: [{ value: 1, color: "red" }],
      alerts: ["agent-spawn-failed"],
    },
    {
      meets: ["AH-7"],
      title: "Attempts to start an agent that fail",
      description:
        "Share of the attempts of the last half hour, by how they failed. Above 10 % in all the team is told.",
      type: "timeseries",
      unit: "percent",
      queries: [
        {
          expr:
            'sum by (outcome) (increase(agenthive_spawn_attempts_total{outcome!="success"}[30m])) ' +
            "/ on () group_left () (sum(increase(agenthive_spawn_attempts_total[30m])) > 0)",
          legend: "{{outcome}}",
        },
      ],
      thresholds: [{ value: 0.1, color: "red" }],
      alerts: ["spawn-retries-high"],
    },
    {
      meets: ["AH-7"],
      title: "Start and recovery, 95th percentile",
      description:
        "Time of a start (ended at 30 seconds), and from the loss of an agent to its replacement (objective: 5 seconds).",
      type: "timeseries",
      unit: "seconds",
      queries: [
        {
          expr: 'histogram_quantile(0.95, sum by (le) (rate(agenthive_spawn_duration_seconds_bucket{agent_type=~"$agent_type"}[15m])))',
          legend: "start",
        },
        {
          expr: 'histogram_quantile(0.95, sum by (le) (rate(agenthive_agent_recovery_duration_seconds_bucket{agent_type=~"$agent_type"}[15m])))',
          legend: "recovery",
        },
      ],
      thresholds: [{ value: 5, color: "red" }],
      slos: ["agent-recovery"],
      width: "half",
    },
    {
      meets: ["AH-9"],
      title: "Restarts of agents",
      description: "In 15 minutes, by type and reason. More than five of a kind: a restart does not mend it.",
      type: "timeseries",
      unit: "count",
      queries: [
        {
          expr: 'sum by (agent_type, reason) (increase(agenthive_agent_restarts_total{agent_type=~"$agent_type",reason!="requested"}[15m])) > 0',
          legend: "{{agent_type}} {{reason}}",
        },
      ],
      thresholds: [{ value: 5, color: "red" }],
      alerts: ["agents-restart-often"],
      width: "half",
    },
  ],
};

/** How calls of models get through (AH-8). */
export const models: Row = {
  title: "Models",
  panels: [
    {
      meets: ["AH-8"],
      title: "Calls that fail",
      description: "A second, by provider and error. Retries and fall-back keep them from tasks.",
      type: "timeseries",
      unit: "per-second",
      queries: [
        {
          expr: 'sum by (gen_ai_provider_name, error_type) (rate(gen_ai_client_operation_duration_seconds_count{error_type!=""}[5m]))',
          legend: "{{gen_ai_provider_name}} {{error_type}}",
        },
      ],
      alerts: ["model-gateway-down"],
    },
    {
      meets: ["AH-8"],
      title: "Retries and fall-backs",
      description: "In the last hour, by reason. Fall-backs mean that the first provider does not answer.",
      type: "timeseries",
      unit: "count",
      queries: [
        {
          expr: "sum by (reason) (increase(agenthive_model_retries_total[1h]))",
          legend: "retries: {{reason}}",
        },
        {
          expr: "sum by (reason) (increase(agenthive_model_fallbacks_total[1h]))",
          legend: "fall-backs: {{reason}}",
        },
      ],
    },
    {
      meets: ["AH-8"],
      title: "Back-off",
      description: "For how long calls of a provider are still held back; 0 is good.",
      type: "timeseries",
      unit: "seconds",
      queries: [
        {
          expr: "max by (gen_ai_provider_name) (agenthive_model_backoff_seconds)",
          legend: "{{gen_ai_provider_name}}",
        },
      ],
    },
    {
      meets: ["AH-8"],
      title: "Calls that wait",
      description: "By gateway. At 500 callers wait themselves; above 400 the team is told.",
      type: "timeseries",
      unit: "count",
      queries: [{ expr: "sum by (pod) (agenthive_model_calls_queued)", legend: "{{pod}}" }],
      thresholds: [{ value: 400, color: "red" }],
      alerts: ["model-queue-long"],
    },
    {
      meets: ["AH-8"],
      title: "Open breakers",
      description: "1 while a breaker is open. All 0 is good; each one that opens is a page.",
      type: "timeseries",
      unit: "on-off",
      queries: [{ expr: "max by (breaker) (agenthive_breaker_open)", legend: "{{breaker}}" }],
      thresholds: [{ value: 1, color: "red" }],
      alerts: ["breaker-open"],
      width: "half",
    },
    {
      meets: ["AH-8"],
      title: "Tasks failed by a rate limit",
      description: "In the last 30 days. Must be 0.",
      type: "stat",
      unit: "count",
      queries: [
        {
          expr: 'sum(increase(agenthive_tasks_finished_total{outcome="failure",reason="rate-limit"}[30d]))',
          legend: "tasks",
        },
      ],
      thresholds: [{ value: 1, color: "red" }],
      alerts: ["task-failed-by-rate-limit"],
      width: "half",
    },
  ],
};
