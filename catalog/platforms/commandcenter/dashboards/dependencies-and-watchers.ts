import type { Row } from "./known.ts";

/** What the services depend on, and whether those who watch them work. */
export const dependenciesAndWatchers: Row[] = [
  {
    title: "NATS, PostgreSQL, Redis",
    panels: [
      {
        title: "NATS operations that fail",
        description: "By service and operation. 5 in a row open the breaker.",
        type: "timeseries",
        unit: "per-second",
        queries: [
          {
            expr: 'sum by (service, messaging_operation_name, error_type) (rate(messaging_client_operation_duration_seconds_count{error_type!=""}[5m]))',
            legend: "{{service}} {{messaging_operation_name}} {{error_type}}",
          },
        ],
        alerts: ["messages-redelivered"],
        width: "third",
      },
      {
        title: "NATS operations, 95th percentile",
        description: "Duration by operation. A slow publish is a slow volume.",
        type: "timeseries",
        unit: "seconds",
        queries: [
          {
            expr: "histogram_quantile(0.95, sum by (messaging_operation_name, le) (rate(messaging_client_operation_duration_seconds_bucket[5m])))",
            legend: "{{messaging_operation_name}}",
          },
        ],
        width: "third",
      },
      {
        meets: ["CC-14"],
        title: "Database connections in use",
        description: "Share of each service's pool, and of what PostgreSQL itself may serve.",
        type: "timeseries",
        unit: "percent",
        queries: [
          {
            expr:
              'sum by (service) (db_client_connection_count{db_client_connection_state="used"}) ' +
              "/ (sum by (service) (db_client_connection_max) > 0)",
            legend: "{{service}}",
          },
          { expr: "sum(postgresql_backends) / (sum(postgresql_connection_max) > 0)", legend: "postgres" },
        ],
        thresholds: [
          { value: 0.8, color: "yellow" },
          { value: 0.9, color: "red" },
        ],
        alerts: ["api-db-pool-full", "orchestrator-db-pool-full", "postgres-connections-nearly-used-up"],
        width: "third",
      },
      {
        title: "PostgreSQL transactions",
        description: "Commits, rollbacks and deadlocks a second. Many rollbacks are a fault of a service.",
        type: "timeseries",
        unit: "per-second",
        queries: [
          { expr: "sum(rate(postgresql_commits_total[5m]))", legend: "commits" },
          { expr: "sum(rate(postgresql_rollbacks_total[5m]))", legend: "rollbacks" },
          { expr: "sum(rate(postgresql_deadlocks_total[5m]))", legend: "deadlocks" },
        ],
        width: "third",
      },
      {
        title: "Size of the database",
        description: "On disk. A line that climbs faster than before fills its volume sooner than planned.",
        type: "timeseries",
        unit: "bytes",
        queries: [{ expr: "sum(postgresql_db_size_bytes)", legend: "size" }],
        width: "third",
      },
      {
        meets: ["CC-13"],
        title: "Redis memory",
        description: "Used and allowed. At the limit counters of rate limits are thrown out.",
        type: "timeseries",
        unit: "bytes",
        queries: [
          { expr: "sum(redis_memory_used_bytes)", legend: "used" },
          { expr: "sum(redis_maxmemory_bytes)", legend: "allowed" },
        ],
        alerts: ["redis-memory-nearly-full"],
        width: "third",
      },
      {
        title: "Redis commands",
        description: "Commands a second, and calls that an open breaker kept from being made at all.",
        type: "timeseries",
        unit: "per-second",
        queries: [
          { expr: "sum(rate(redis_commands_processed_total[5m]))", legend: "commands" },
          {
            expr: "sum by (breaker) (rate(commandcenter_breaker_refusals_total[5m]))",
            legend: "refused by {{breaker}}",
          },
        ],
        width: "third",
      },
      {
        title: "Redis clients",
        description: "Connections that Redis serves. A sudden fall: a client lost it.",
        type: "timeseries",
        unit: "count",
        queries: [{ expr: "sum(redis_clients_connected)", legend: "clients" }],
        width: "third",
      },
      {
        title: "Look-ups in Redis",
        description: "A second. Misses that come near the hits mean that keys are thrown out too early.",
        type: "timeseries",
        unit: "per-second",
        queries: [
          { expr: "sum(rate(redis_keyspace_hits_total[5m]))", legend: "hits" },
          { expr: "sum(rate(redis_keyspace_misses_total[5m]))", legend: "misses" },
        ],
        width: "third",
      },
    ],
  },
  {
    title: "The watchers",
    panels: [
      {
        meets: ["CC-4"],
        title: "Spans",
        description: "Taken, passed on, refused and lost, a second. The last two are 0 when all is well.",
        type: "timeseries",
        unit: "per-second",
        queries: [
          { expr: "sum(rate(otelcol_receiver_accepted_spans_total[5m]))", legend: "taken" },
          { expr: "sum(rate(otelcol_exporter_sent_spans_total[5m]))", legend: "passed on" },
          { expr: "sum(rate(otelcol_receiver_refused_spans_total[5m]))", legend: "refused" },
          {
            expr: "sum(rate(otelcol_exporter_send_failed_spans_total[5m])) + sum(rate(otelcol_exporter_enqueue_failed_spans_total[5m]))",
            legend: "lost",
          },
        ],
        alerts: ["spans-dropped"],
        width: "third",
      },
      {
        meets: ["CC-4"],
        title: "Collector's queue",
        description: "Share that is full. Above 80 % spans are about to be dropped.",
        type: "timeseries",
        unit: "percent",
        queries: [
          {
            expr: "sum(otelcol_exporter_queue_size) / (sum(otelcol_exporter_queue_capacity) > 0)",
            legend: "full",
          },
        ],
        thresholds: [{ value: 0.8, color: "red" }],
        alerts: ["collector-queue-nearly-full"],
        width: "third",
      },
      {
        meets: ["CC-4"],
        title: "Runs and their spans",
        description:
          "Per hour: workflows and agents that ended, and the spans that they left. The lines of each pair should be one.",
        type: "timeseries",
        unit: "per-hour",
        queries: [
          { expr: "sum(increase(commandcenter_runs_finished_total[1h]))", legend: "workflows" },
          {
            expr: 'sum(increase(traces_span_metrics_calls_total{gen_ai_operation_name="invoke_workflow"}[1h]))',
            legend: "spans of workflows",
          },
          { expr: "sum(increase(commandcenter_agent_runs_finished_total[1h]))", legend: "agents" },
          {
            expr: 'sum(increase(traces_span_metrics_calls_total{gen_ai_operation_name="invoke_agent"}[1h]))',
            legend: "spans of agents",
          },
        ],
        alerts: ["runs-without-span"],
        width: "third",
      },
      {
        meets: ["CC-3"],
        title: "Notifications that fail",
        description:
          "Of Alertmanager, by integration and reason, in the last hour. Anything but 0 means that alerts may reach nobody.",
        type: "timeseries",
        unit: "per-hour",
        queries: [
          {
            expr: "sum by (integration, reason) (increase(alertmanager_notifications_failed_total[1h]))",
            legend: "{{integration}} {{reason}}",
          },
          {
            expr: "sum by (integration) (increase(alertmanager_notifications_total[1h]))",
            legend: "{{integration}} sent",
          },
        ],
        alerts: ["notifications-not-delivered"],
        width: "half",
      },
      {
        title: "Rules and series of Prometheus",
        description:
          "Rules that could not be evaluated in the last hour, and series in memory. The first is 0 when all is well.",
        type: "stat",
        unit: "count",
        queries: [
          {
            expr: "sum(increase(prometheus_rule_evaluation_failures_total[1h]))",
            legend: "failed rules",
          },
          { expr: "sum(prometheus_tsdb_head_series)", legend: "series" },
        ],
        alerts: ["rules-not-evaluated"],
        width: "half",
      },
    ],
  },
];
