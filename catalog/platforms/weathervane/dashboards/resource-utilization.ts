import { defineDashboards } from "fairlead";
import { known } from "./known.ts";

export const resourceUtilization = defineDashboards(known, {
  "resource-utilization": {
    meets: ["WV-5"],
    title: "Resource utilization",
    description:
      "Tokens and what they cost, memory, CPU and disk, and the health of the MCP server and of the dashboard API.",
    tags: ["weathervane", "WV-5"],
    variables: { service: { title: "Service", metric: "process_resident_memory_bytes", label: "service" } },
    rows: [
      {
        title: "Tokens and cost",
        panels: [
          {
            meets: ["WV-5"],
            title: "Tokens per hour by provider",
            description:
              "Input and output tokens of the last hour. The back-up provider's share rises when the first one fails.",
            type: "timeseries",
            unit: "tokens",
            queries: [
              {
                expr: "sum by (gen_ai_provider_name) (increase(gen_ai_client_token_usage_sum[1h]))",
                legend: "{{gen_ai_provider_name}}",
              },
            ],
            width: "third",
          },
          {
            meets: ["WV-5"],
            title: "Tokens per hour by stage",
            description: "Input and output tokens of the last hour, by the stage that used them.",
            type: "timeseries",
            unit: "tokens",
            queries: [
              { expr: "sum by (stage) (increase(gen_ai_client_token_usage_sum[1h]))", legend: "{{stage}}" },
            ],
            width: "third",
          },
          {
            meets: ["WV-5", "WV-14"],
            title: "Tokens by running task",
            description:
              "The ten running tasks that have used the most. Target 3,000; at 8,000 the team is told; at 10,000 a task is stopped.",
            type: "bar-gauge",
            unit: "tokens",
            queries: [
              { expr: "topk(10, max by (task) (weathervane_running_task_tokens))", legend: "{{task}}" },
            ],
            thresholds: [
              { value: 3000, color: "yellow" },
              { value: 8000, color: "red" },
            ],
            alerts: ["task-tokens-near-limit"],
            width: "third",
          },
          {
            meets: ["WV-14"],
            title: "Hourly token budget",
            description:
              "Share of the 100,000 tokens of an hour that is used. At 80 % the team is told; at 100 % no task starts.",
            type: "gauge",
            unit: "percent",
            queries: [
              {
                expr: "sum(weathervane_token_budget_used_tokens) / (sum(weathervane_token_budget_limit_tokens) > 0)",
                legend: "used",
              },
            ],
            thresholds: [
              { value: 0.8, color: "yellow" },
              { value: 1, color: "red" },
            ],
            alerts: ["hourly-tokens-near-limit"],
            width: "quarter",
          },
          {
            meets: ["WV-16"],
            title: "Tokens per task",
            description: "Mean of the tasks that ended in the last hour. Target 3,000; it was 5,000 before.",
            type: "stat",
            unit: "tokens",
            queries: [
              {
                expr: "sum(increase(weathervane_task_usage_tokens_sum[1h])) / (sum(increase(weathervane_task_usage_tokens_count[1h])) > 0)",
                legend: "tokens",
              },
            ],
            thresholds: [
              { value: 3000, color: "yellow" },
              { value: 5000, color: "red" },
            ],
            width: "quarter",
          },
          {
            meets: ["WV-5"],
            title: "Cost per task",
            description:
              "What a task that ended in the last hour cost at the model providers, in US dollars.",
            type: "timeseries",
            unit: "usd",
            queries: [
              {
                expr: "sum(rate(weathervane_task_cost_usd_sum[1h])) / (sum(rate(weathervane_task_cost_usd_count[1h])) > 0)",
                legend: "average",
              },
              {
                expr: "histogram_quantile(0.95, sum by (le) (rate(weathervane_task_cost_usd_bucket[1h])))",
                legend: "95th percentile",
              },
            ],
            width: "quarter",
          },
          {
            title: "Cost per day by provider",
            description: "What the model providers charge for the last 24 hours, in US dollars.",
            type: "timeseries",
            unit: "usd",
            queries: [
              {
                expr: "sum by (provider) (increase(weathervane_model_cost_usd_total[1d]))",
                legend: "{{provider}}",
              },
            ],
            width: "quarter",
          },
          {
            meets: ["WV-14"],
            title: "Tasks stopped at a limit",
            description: "Tasks of the last day that reached 10,000 tokens or 100 MB of evidence. 0 is good.",
            type: "stat",
            unit: "count",
            queries: [
              {
                expr: "sum by (limit) (increase(weathervane_task_limit_hits_total[1d]))",
                legend: "{{limit}}",
              },
            ],
            thresholds: [{ value: 1, color: "yellow" }],
            alerts: ["task-limit-hit"],
            width: "third",
          },
          {
            meets: ["WV-16"],
            title: "Evidence per task",
            description:
              "Mean of the tasks that ended in the last hour, before compression. Target 30 MB; it was 50 before.",
            type: "stat",
            unit: "bytes",
            queries: [
              {
                expr: "sum(increase(weathervane_task_evidence_bytes_sum[1h])) / (sum(increase(weathervane_task_evidence_bytes_count[1h])) > 0)",
                legend: "evidence",
              },
            ],
            thresholds: [
              { value: 30e6, color: "yellow" },
              { value: 50e6, color: "red" },
            ],
            width: "third",
          },
          {
            title: "Failed calls of models",
            description:
              "Share of the calls that failed, by provider. 5 failures in a row open the breaker and send calls to the back-up.",
            type: "timeseries",
            unit: "percent",
            queries: [
              {
                expr:
                  'sum by (gen_ai_provider_name) (rate(gen_ai_client_operation_duration_seconds_count{error_type!=""}[5m])) ' +
                  "/ (sum by (gen_ai_provider_name) (rate(gen_ai_client_operation_duration_seconds_count[5m])) > 0)",
                legend: "{{gen_ai_provider_name}}",
              },
            ],
            thresholds: [{ value: 0.05, color: "red" }],
            width: "third",
          },
        ],
      },
      {
        title: "Memory, CPU and disk",
        panels: [
          {
            meets: ["WV-5"],
            title: "Memory",
            description: "Memory in RAM, by pod. A line that only climbs is a leak.",
            type: "timeseries",
            unit: "bytes",
            queries: [
              {
                expr: 'sum by (service, pod) (process_resident_memory_bytes{service=~"$service"})',
                legend: "{{service}} {{pod}}",
              },
            ],
            width: "half",
          },
          {
            meets: ["WV-5"],
            title: "CPU",
            description: "Processor cores in use, by pod.",
            type: "timeseries",
            unit: "cores",
            queries: [
              {
                expr: 'sum by (service, pod) (rate(process_cpu_seconds_total{service=~"$service"}[$__rate_interval]))',
                legend: "{{service}} {{pod}}",
              },
            ],
            width: "half",
          },
          {
            title: "Free space of the evidence volume",
            description:
              "Share of the volume that is free. Below 25 % compression is behind; below 10 % somebody is woken.",
            type: "timeseries",
            unit: "percent",
            queries: [
              {
                expr:
                  'sum by (system_filesystem_mountpoint) (system_filesystem_usage_bytes{system_filesystem_state="free"}) ' +
                  "/ (sum by (system_filesystem_mountpoint) (system_filesystem_limit_bytes) > 0)",
                legend: "{{system_filesystem_mountpoint}}",
              },
            ],
            thresholds: [
              { value: 0, color: "red" },
              { value: 0.1, color: "yellow" },
              { value: 0.25, color: "green" },
            ],
            alerts: ["evidence-disk-low"],
            width: "third",
          },
          {
            meets: ["WV-5"],
            title: "Disk I/O of evidence artifacts",
            description: "Bytes a second that are read from and written to the evidence volume.",
            type: "timeseries",
            unit: "bytes-per-second",
            queries: [
              {
                expr: "sum by (direction) (rate(weathervane_evidence_io_bytes_total[$__rate_interval]))",
                legend: "{{direction}}",
              },
            ],
            width: "third",
          },
          {
            title: "Failed reads and writes of evidence",
            description:
              "Operations on the evidence volume that failed. 0 is good; anything else is a fault of the volume.",
            type: "timeseries",
            unit: "per-second",
            queries: [
              {
                expr: 'sum by (direction) (rate(weathervane_evidence_io_operations_total{outcome="failure"}[$__rate_interval]))',
                legend: "{{direction}}",
              },
            ],
            width: "third",
          },
          {
            meets: ["WV-14"],
            title: "Oldest uncompressed artifact",
            description: "Its age. Artifacts are compressed after an hour; above that compression is behind.",
            type: "timeseries",
            unit: "seconds",
            queries: [{ expr: "max(weathervane_evidence_oldest_uncompressed_seconds)", legend: "age" }],
            thresholds: [{ value: 3600, color: "yellow" }],
            alerts: ["evidence-compression-late"],
            width: "half",
          },
          {
            meets: ["WV-9"],
            title: "Silence of the database",
            description:
              "Seconds since the database answered, by pod of the autopilot. About one is good; above two in all pods somebody is woken.",
            type: "timeseries",
            unit: "seconds",
            queries: [{ expr: "max by (pod) (weathervane_database_silent_seconds)", legend: "{{pod}}" }],
            thresholds: [{ value: 2, color: "red" }],
            alerts: ["database-silent"],
            width: "half",
          },
        ],
      },
      {
        title: "MCP server",
        panels: [
          {
            meets: ["WV-5"],
            title: "MCP servers that answer",
            description: "Replicas that Prometheus reaches. 0: agents have no tools.",
            type: "stat",
            unit: "count",
            queries: [{ expr: 'sum(up{job="weathervane-mcp-server"})', legend: "replicas" }],
            thresholds: [
              { value: 0, color: "red" },
              { value: 1, color: "green" },
            ],
            alerts: ["mcp-server-down"],
            width: "quarter",
          },
          {
            meets: ["WV-5"],
            title: "Failed tool calls",
            description:
              "Share of the autopilot's MCP requests that failed. 3 time-outs within 5 minutes open the breaker.",
            type: "timeseries",
            unit: "percent",
            queries: [
              {
                expr:
                  'sum by (error_type) (rate(mcp_client_operation_duration_seconds_count{error_type!=""}[5m])) ' +
                  "/ on() group_left() (sum(rate(mcp_client_operation_duration_seconds_count[5m])) > 0)",
                legend: "{{error_type}}",
              },
            ],
            width: "quarter",
          },
          {
            meets: ["WV-5"],
            title: "Duration of MCP requests",
            description: "95th percentile by method, as the server sees it.",
            type: "timeseries",
            unit: "seconds",
            queries: [
              {
                expr: "histogram_quantile(0.95, sum by (mcp_method_name, le) (rate(mcp_server_operation_duration_seconds_bucket[5m])))",
                legend: "{{mcp_method_name}}",
              },
            ],
            width: "quarter",
          },
          {
            title: "Restarts of the MCP server",
            description:
              "Restarts of the last hour, by pod. After three it no longer helps, and somebody is woken.",
            type: "stat",
            unit: "count",
            queries: [
              {
                expr: 'sum by (pod) (changes(process_start_time_seconds{service="mcp-server"}[1h]))',
                legend: "{{pod}}",
              },
            ],
            thresholds: [
              { value: 1, color: "yellow" },
              { value: 3, color: "red" },
            ],
            width: "quarter",
          },
        ],
      },
      {
        title: "Dashboard API and its users",
        panels: [
          {
            title: "Requests that fail",
            description:
              "Share of the requests that are answered with a server error. At most 0.1 % over 30 days.",
            type: "timeseries",
            unit: "percent",
            queries: [
              {
                expr:
                  'sum(rate(http_server_request_duration_seconds_count{service="dashboard-api",http_response_status_code=~"5.."}[5m])) ' +
                  '/ (sum(rate(http_server_request_duration_seconds_count{service="dashboard-api"}[5m])) > 0)',
                legend: "errors",
              },
            ],
            thresholds: [{ value: 0.001, color: "red" }],
            slos: ["dashboard-api-availability"],
            width: "third",
          },
          {
            title: "Response time",
            description: "Percentiles without the event stream. 99 % within 300 ms over 30 days.",
            type: "timeseries",
            unit: "seconds",
            queries: [0.5, 0.95, 0.99].map((q) => ({
              expr: `histogram_quantile(${q}, sum by (le) (rate(http_server_request_duration_seconds_bucket{service="dashboard-api",http_route!="/api/stream"}[5m])))`,
              legend: `p${q * 100}`,
            })),
            thresholds: [{ value: 0.3, color: "red" }],
            slos: ["dashboard-api-latency"],
            width: "third",
          },
          {
            title: "Requests by route",
            description: "Requests a second that the dashboard API answers.",
            type: "timeseries",
            unit: "per-second",
            queries: [
              {
                expr: 'sum by (http_route) (rate(http_server_request_duration_seconds_count{service="dashboard-api"}[$__rate_interval]))',
                legend: "{{http_route}}",
              },
            ],
            width: "third",
          },
          {
            title: "Open dashboards",
            description: "People who have the dashboard open now.",
            type: "stat",
            unit: "count",
            queries: [{ expr: "sum(weathervane_dashboard_sessions)", legend: "people" }],
            width: "quarter",
          },
          {
            title: "Page load, 75th percentile",
            description:
              "Time until a page's largest content is shown in the browser. Good up to 2.5 s, poor above 4 s.",
            type: "timeseries",
            unit: "seconds",
            queries: [
              {
                expr: "histogram_quantile(0.75, sum by (page, le) (rate(weathervane_page_load_duration_seconds_bucket[1h])))",
                legend: "{{page}}",
              },
            ],
            thresholds: [
              { value: 2.5, color: "yellow" },
              { value: 4, color: "red" },
            ],
            width: "quarter",
          },
          {
            title: "Database operations, 95th percentile",
            description: "Duration of database operations by service. Below 50 ms is good.",
            type: "timeseries",
            unit: "seconds",
            queries: [
              {
                expr: "histogram_quantile(0.95, sum by (service, le) (rate(db_client_operation_duration_seconds_bucket[5m])))",
                legend: "{{service}}",
              },
            ],
            thresholds: [{ value: 0.05, color: "yellow" }],
            width: "quarter",
          },
          {
            title: "Database connections",
            description:
              "Connections of the pools, by service and state. No idle one left: requests wait for a connection.",
            type: "timeseries",
            unit: "count",
            queries: [
              {
                expr: "sum by (service, db_client_connection_state) (db_client_connection_count)",
                legend: "{{service}} {{db_client_connection_state}}",
              },
            ],
            width: "quarter",
          },
        ],
      },
    ],
  },
});
