import { defineDashboards } from "fairlead";
import { agents, models } from "./agents-and-models.ts";
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
            title: "Database operations without an answer",
            description: "Failures a second, by kind; 0 is good.",
            type: "timeseries",
            unit: "per-second",
            queries: [
              {
                expr: 'sum by (error_type) (rate(db_client_operation_duration_seconds_count{error_type!=""}[1m]))',
                legend: "{{error_type}}",
              },
            ],
            alerts: ["database-unreachable"],
          },
          {
            title: "Database connections",
            description: "In use, by service. When it stands still at the size of the pool, calls wait.",
            type: "timeseries",
            unit: "count",
            queries: [
              {
                expr: 'sum by (service) (db_client_connection_count{db_client_connection_state="used"})',
                legend: "{{service}}",
              },
            ],
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
              {
                expr: "predict_linear(sum(agenthive_tasks_queued)[30m:30s], 3600)",
                legend: "all, in an hour",
              },
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
      agents,
      models,
    ],
  },
});
