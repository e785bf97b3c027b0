import { databaseBuckets, labelOf, metricsOf, waitBuckets } from "../entries.ts";
import type { DatabaseTheme } from "../themes.ts";

/** OpenTelemetry's database client metrics, and the counter of slow operations, for which it has no convention. */
export function databaseMetrics(theme: DatabaseTheme) {
  const services = [...theme.services];
  const db_client_connection_pool_name = [...(theme.pools ?? ["main"])];
  const db_operation_name = [...(theme.operations ?? ["SELECT", "INSERT", "UPDATE", "DELETE"])];
  const db_collection_name = labelOf(theme.tables ?? { atMost: 30 });
  return metricsOf({
    db_client_operation_duration_seconds: {
      meets: ["PM-1"],
      type: "histogram",
      class: "technical",
      unit: "seconds",
      help: "Duration of database operations; error_type is empty for those that succeeded.",
      services,
      labels: {
        db_system_name: [...(theme.systems ?? ["postgresql"])],
        db_operation_name,
        db_collection_name,
        error_type: ["", "timeout", "connection", "_OTHER"],
      },
      buckets: [...(theme.buckets ?? databaseBuckets)],
    },
    db_client_slow_operations_total: {
      meets: ["PM-1"],
      type: "counter",
      class: "technical",
      help: "Database operations that took longer than the service's own limit of what is slow.",
      services,
      labels: { db_operation_name, db_collection_name },
    },
    db_client_response_returned_rows: {
      meets: ["PM-1"],
      type: "histogram",
      class: "technical",
      help: "Rows that a database operation returned.",
      services,
      labels: { db_operation_name, db_collection_name },
      buckets: [1, 10, 100, 1000, 10_000, 100_000],
    },
    db_client_connection_count: {
      meets: ["PM-1"],
      type: "gauge",
      class: "technical",
      help: "Connections in the pool, by state.",
      services,
      labels: { db_client_connection_pool_name, db_client_connection_state: ["idle", "used"] },
    },
    db_client_connection_max: {
      meets: ["PM-1"],
      type: "gauge",
      class: "technical",
      help: "Connections that the pool may hold.",
      services,
      labels: { db_client_connection_pool_name },
    },
    db_client_connection_pending_requests: {
      meets: ["PM-1"],
      type: "gauge",
      class: "technical",
      help: "Requests that wait for a connection of the pool now.",
      services,
      labels: { db_client_connection_pool_name },
    },
    db_client_connection_timeouts_total: {
      meets: ["PM-1"],
      type: "counter",
      class: "technical",
      help: "Requests that gave up waiting for a connection of the pool.",
      services,
      labels: { db_client_connection_pool_name },
    },
    db_client_connection_wait_time_seconds: {
      meets: ["PM-1"],
      type: "histogram",
      class: "technical",
      unit: "seconds",
      help: "Time that a request waited for a connection of the pool.",
      services,
      labels: { db_client_connection_pool_name },
      buckets: waitBuckets,
    },
    db_client_connection_use_time_seconds: {
      meets: ["PM-1"],
      type: "histogram",
      class: "technical",
      unit: "seconds",
      help: "Time between taking a connection out of the pool and giving it back.",
      services,
      labels: { db_client_connection_pool_name },
      buckets: databaseBuckets,
    },
  });
}
