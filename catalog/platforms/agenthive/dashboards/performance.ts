import { defineDashboards } from "fairlead";
import { known } from "./known.ts";

const timed = 'service="hive-api",http_route!="/api/stream"';

export const performance = defineDashboards(known, {
  performance: {
    meets: ["AH-11", "AH-12"],
    title: "Performance",
    description:
      "How fast API and database are, how agents start and recover, and how calls of models get through.",
    tags: ["agenthive", "AH-11", "AH-12"],
    variables: { agent_type: { title: "Agent type", metric: "agenthive_agents", label: "agent_type" } },
    rows: [
      {
        title: "API and database",
        panels: [
          {
            meets: ["AH-11"],
            title: "Hive API, 95th percentile",
            description: "Time to answer, event stream left out. The objective is 100 ms.",
            type: "timeseries",
            unit: "seconds",
            queries: [
              {
                expr: `histogram_quantile(0.95, sum by (le) (rate(http_server_request_duration_seconds_bucket{${timed}}[5m])))`,
                legend: "all routes",
              },
              {
                expr: `topk(3, histogram_quantile(0.95, sum by (http_route, le) (rate(http_server_request_duration_seconds_bucket{${timed}}[5m]))))`,
                legend: "{{http_route}}",
              },
            ],
            thresholds: [{ value: 0.1, color: "red" }],
            slos: ["api-latency"],
          },
          {
            meets: ["AH-12"],
            title: "Requests slower than 100 ms, last 20 seconds",
            description: "5 % are allowed; above 20 % somebody is woken within 30 seconds.",
            type: "timeseries",
            unit: "percent",
            queries: [
              {
                expr:
                  `1 - sum(increase(http_server_request_duration_seconds_bucket{${timed},le="0.1"}[20s])) ` +
                  `/ (sum(increase(http_server_request_duration_seconds_count{${timed}}[20s])) > 0)`,
                legend: "slow",
              },
            ],
            thresholds: [
              { value: 0.05, color: "yellow" },
              { value: 0.2, color: "red" },
            ],
            alerts: ["api-degraded"],
          },
          {
            meets: ["AH-11"],
            title: "Requests that fail",
            description:
              "Share of the Hive API's requests that it answers with a server error. The objective is 0.1 %.",
            type: "timeseries",
            unit: "percent",
            queries: [
              {
                expr:
                  'sum(rate(http_server_request_duration_seconds_count{service="hive-api",http_response_status_code=~"5.."}[5m])) ' +
                  '/ (sum(rate(http_server_request_duration_seconds_count{service="hive-api"}[5m])) > 0)',
                legend: "failed",
              },
            ],
            thresholds: [{ value: 0.001, color: "red" }],
            slos: ["api-reliability"],
            alerts: ["hive-api-down"],
          },
          {
            meets: ["AH-11"],
            title: "Database queries, 95th percentile",
            description: "By service and operation. The objective is 50 ms.",
            type: "timeseries",
            unit: "seconds",
            queries: [
              {
                expr: "histogram_quantile(0.95, sum by (service, db_operation_name, le) (rate(db_client_operation_duration_seconds_bucket[5m])))",
                legend: "{{service}} {{db_operation_name}}",
              },
            ],
            thresholds: [{ value: 0.05, color: "red" }],
            slos: ["database-queries"],
          },
          {
            title: "Database operations without an answer, and connections",
            description: "Failures a second, by kind; 0 is good. Connections in use, by service.",
            type: "timeseries",
            unit: "count",
            queries: [
              {
                expr: 'sum by (error_type) (rate(db_client_operation_duration_seconds_count{error_type!=""}[1m]))',
                legend: "{{error_type}}",
              },
              {
                expr: 'sum by (service) (db_client_connection_count{db_client_connection_state="used"})',
                legend: "connections of {{service}}",
              },
            ],
            alerts: ["database-unreachable"],
          },
          {
            meets: ["AH-3", "AH-12"],
            title: "Against the baseline",
            description:
              "The last minute as a share of the accepted baseline. 1 is as good; above 1.2 a rollback is set off.",
            type: "timeseries",
            unit: "percent",
            queries: [
              { expr: "max by (measure) (agenthive_performance_baseline_ratio)", legend: "{{measure}}" },
            ],
            thresholds: [{ value: 1.2, color: "red" }],
            alerts: ["performance-below-baseline"],
          },
        ],
      },
      {
        title: "Load and scale",
        panels: [
          {
            meets: ["AH-12"],
            title: "Recommended replicas that are missing",
            description: "What the load asks for, less what is ready. Above 0: add so many.",
            type: "timeseries",
            unit: "count",
            queries: [
              {
                expr: "max by (target) (agenthive_recommended_replicas) - max by (target) (agenthive_current_replicas)",
                legend: "{{target}}",
              },
            ],
            thresholds: [{ value: 1, color: "yellow" }],
            alerts: ["scaling-recommended"],
          },
          {
            meets: ["AH-5"],
            title: "Waiting tasks, now and in an hour",
            description:
              "By priority, and where the last half hour's pace leads. At 1,000 new tasks are refused.",
            type: "timeseries",
            unit: "count",
            queries: [
              { expr: "sum by (priority) (agenthive_tasks_queued)", legend: "{{priority}}" },
              { expr: "sum(predict_linear(agenthive_tasks_queued[30m], 3600))", legend: "all, in an hour" },
              { expr: "max(agenthive_task_queue_limit)", legend: "limit" },
            ],
            alerts: ["task-queue-full-predicted"],
          },
          {
            title: "Requests per second",
            description: "Of the Hive API, by route.",
            type: "timeseries",
            unit: "per-second",
            queries: [
              {
                expr: 'sum by (http_route) (rate(http_server_request_duration_seconds_count{service="hive-api"}[$__rate_interval]))',
                legend: "{{http_route}}",
              },
            ],
          },
        ],
      },
      {
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
            queries: [
              { expr: 'sum(increase(agenthive_spawns_total{outcome="failure"}[1d]))', legend: "failures" },
            ],
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
          },
          {
            meets: ["AH-9"],
            title: "Restarts of agents",
            description:
              "In 15 minutes, by type and reason. More than five of a kind: a restart does not mend it.",
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
          },
        ],
      },
      {
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
            title: "Retries, fall-backs and back-off",
            description:
              "Retries and fall-backs an hour, and for how many seconds calls of a provider are still held back.",
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
              {
                expr: "max by (gen_ai_provider_name) (agenthive_model_backoff_seconds)",
                legend: "seconds of back-off: {{gen_ai_provider_name}}",
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
          },
        ],
      },
    ],
  },
});
