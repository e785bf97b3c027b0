import { defineDashboards } from "fairlead";
import { dependenciesAndWatchers } from "./dependencies-and-watchers.ts";
import { known } from "./known.ts";

export const system = defineDashboards(known, {
  system: {
    meets: ["CC-2"],
    title: "System",
    description:
      "The ten services: whether they answer, what they use, what strains, what is turned away, and whether the watchers watch.",
    tags: ["commandcenter", "CC-2"],
    variables: { service: { title: "Service", metric: "process_resident_memory_bytes", label: "service" } },
    rows: [
      {
        title: "Services",
        panels: [
          {
            meets: ["CC-1"],
            title: "Services that answer",
            description: "Replicas that Prometheus reaches. 0 is down.",
            type: "stat",
            unit: "count",
            queries: [{ expr: "sum by (service) (up)", legend: "{{service}}" }],
            thresholds: [
              { value: 0, color: "red" },
              { value: 1, color: "green" },
            ],
            alerts: [
              "api-down",
              "orchestrator-down",
              "otel-collector-down",
              "trace-store-down",
              "grafana-down",
            ],
            width: "half",
          },
          {
            meets: ["CC-1"],
            title: "NATS, PostgreSQL, Redis",
            description: "1 while at least one replica gets answers. 0 for half a minute wakes somebody.",
            type: "stat",
            unit: "on-off",
            queries: [
              {
                expr: "min by (dependency) (max by (dependency, service) (commandcenter_dependency_reachable))",
                legend: "{{dependency}}",
              },
            ],
            thresholds: [
              { value: 0, color: "red" },
              { value: 1, color: "green" },
            ],
            alerts: ["dependency-unreachable"],
            width: "quarter",
          },
          {
            meets: ["CC-14"],
            title: "Breakers",
            description:
              "1 while a breaker is open in any replica: what it protects is left alone for a while.",
            type: "timeseries",
            unit: "on-off",
            queries: [
              {
                expr: "max by (breaker, service) (commandcenter_breaker_open)",
                legend: "{{service}} {{breaker}}",
              },
            ],
            alerts: ["breaker-open"],
            width: "quarter",
          },
        ],
      },
      {
        title: "API",
        panels: [
          {
            meets: ["CC-3"],
            title: "Requests that fail",
            description:
              "Share of requests that were answered with a server error. The promise is at most 0.1 %.",
            type: "timeseries",
            unit: "percent",
            queries: [
              {
                expr:
                  'sum(rate(http_server_request_duration_seconds_count{http_response_status_code=~"5.."}[5m])) ' +
                  "/ (sum(rate(http_server_request_duration_seconds_count[5m])) > 0)",
                legend: "failed",
              },
            ],
            thresholds: [{ value: 0.001, color: "red" }],
            slos: ["api-availability"],
            width: "third",
          },
          {
            meets: ["CC-3"],
            title: "Response time, 99th percentile",
            description:
              "By route. 99 % must be answered within 300 ms; streams and run-and-wait stay open by design.",
            type: "timeseries",
            unit: "seconds",
            queries: [
              {
                expr: 'histogram_quantile(0.99, sum by (http_route, le) (rate(http_server_request_duration_seconds_bucket{http_route!~".*/(events|run-and-wait)"}[5m])))',
                legend: "{{http_route}}",
              },
            ],
            thresholds: [{ value: 0.3, color: "red" }],
            slos: ["api-latency"],
            width: "third",
          },
          {
            meets: ["CC-13"],
            title: "Turned away with 429",
            description: "Requests a second over a limit. Above 20 % of all requests the team is told.",
            type: "timeseries",
            unit: "per-second",
            queries: [
              {
                expr: "sum by (limit) (rate(commandcenter_rate_limit_refusals_total[$__rate_interval]))",
                legend: "{{limit}}",
              },
            ],
            alerts: ["rate-limited-much"],
            width: "third",
          },
          {
            meets: ["CC-10"],
            title: "Refused inputs",
            description:
              "Requests of the last hour that input checks refused. Attacks are refused like mistakes, but the team is told of them.",
            type: "timeseries",
            unit: "per-hour",
            queries: [
              {
                expr: "sum by (kind) (increase(commandcenter_inputs_refused_total[1h]))",
                legend: "{{kind}}",
              },
            ],
            alerts: ["attack-like-inputs"],
            width: "half",
          },
          {
            meets: ["CC-12"],
            title: "Age of secrets",
            description: "Time since the last rotation. Every 90 days is due.",
            type: "bar-gauge",
            unit: "seconds",
            queries: [
              { expr: "topk(10, max by (secret) (commandcenter_secret_age_seconds))", legend: "{{secret}}" },
            ],
            thresholds: [{ value: 7_776_000, color: "red" }],
            alerts: ["secret-rotation-due"],
            width: "half",
          },
        ],
      },
      {
        title: "CPU and memory",
        panels: [
          {
            meets: ["CC-9"],
            title: "CPU",
            description: "Processor cores in use, by pod.",
            type: "timeseries",
            unit: "cores",
            queries: [
              {
                expr: 'sum by (service, pod) (rate(process_cpu_seconds_total{service=~"$service"}[$__rate_interval]))',
                legend: "{{service}} {{pod}}",
              },
              {
                expr: "sum by (pod) (rate(otelcol_process_cpu_seconds_total[$__rate_interval]))",
                legend: "{{pod}}",
              },
            ],
            width: "half",
          },
          {
            meets: ["CC-9"],
            title: "Memory",
            description: "Memory in RAM, by pod. A line that only climbs is a leak.",
            type: "timeseries",
            unit: "bytes",
            queries: [
              {
                expr: 'sum by (service, pod) (process_resident_memory_bytes{service=~"$service"})',
                legend: "{{service}} {{pod}}",
              },
              { expr: "sum by (pod) (otelcol_process_memory_rss_bytes)", legend: "{{pod}}" },
            ],
            width: "half",
          },
        ],
      },
      ...dependenciesAndWatchers,
    ],
  },
});
