import { ofEach, type Row } from "../entries.ts";
import type { DatabaseTheme } from "../themes.ts";

/** Queries and the pool of connections. */
export function databaseRows({ services }: DatabaseTheme): Row[] {
  return [queries(services), pool(services)];
}

function queries(services: readonly string[]): Row {
  return {
    title: "Database queries",
    panels: [
      {
        meets: ["PM-1"],
        title: "Duration by operation, 95th percentile",
        description: "Nineteen of twenty operations are faster. Below 50 ms is good.",
        type: "timeseries",
        unit: "seconds",
        queries: [
          {
            expr: "histogram_quantile(0.95, sum by (service, db_operation_name, le) (rate(db_client_operation_duration_seconds_bucket[5m])))",
            legend: "{{service}} {{db_operation_name}}",
          },
        ],
        thresholds: [{ value: 0.05, color: "yellow" }],
        width: "quarter",
      },
      {
        meets: ["PM-1", "PM-4"],
        title: "Operations that fail",
        description: "Share of the database operations that end with an error. 0 is good.",
        type: "timeseries",
        unit: "percent",
        queries: [
          {
            expr:
              'sum by (service) (rate(db_client_operation_duration_seconds_count{error_type!=""}[5m])) ' +
              "/ (sum by (service) (rate(db_client_operation_duration_seconds_count[5m])) > 0)",
            legend: "{{service}}",
          },
        ],
        alerts: ofEach(services, "db-failing"),
        width: "quarter",
      },
      {
        meets: ["PM-1", "PM-4"],
        title: "Slow operations by table",
        description:
          "Operations a second that took longer than the service's limit. One table that stands out lacks an index.",
        type: "timeseries",
        unit: "per-second",
        queries: [
          {
            expr: "topk(10, sum by (service, db_collection_name) (rate(db_client_slow_operations_total[5m])))",
            legend: "{{service}} {{db_collection_name}}",
          },
        ],
        alerts: ofEach(services, "db-slow"),
        width: "quarter",
      },
      {
        meets: ["PM-1"],
        title: "Rows returned, 99th percentile",
        description: "Rows of one result, by table. Thousands: a list that wants pages.",
        type: "timeseries",
        unit: "count",
        queries: [
          {
            expr: "histogram_quantile(0.99, sum by (db_collection_name, le) (rate(db_client_response_returned_rows_bucket[5m])))",
            legend: "{{db_collection_name}}",
          },
        ],
        width: "quarter",
      },
    ],
  };
}

function pool(services: readonly string[]): Row {
  return {
    title: "Database pool",
    panels: [
      {
        meets: ["PM-1", "PM-4"],
        title: "Connections by state",
        description:
          "Connections of each pod's pools, and how many there may be. No idle one left: requests wait.",
        type: "timeseries",
        unit: "count",
        queries: [
          {
            expr: "sum by (service, pod, db_client_connection_state) (db_client_connection_count)",
            legend: "{{service}} {{pod}} {{db_client_connection_state}}",
          },
          { expr: "sum by (service, pod) (db_client_connection_max)", legend: "{{service}} {{pod}} at most" },
        ],
        alerts: ofEach(services, "db-pool-full"),
        width: "quarter",
      },
      {
        meets: ["PM-1", "PM-4"],
        title: "Requests without a connection",
        description:
          "Requests that wait for a connection now, and those of the last five minutes that gave up. 0 is good.",
        type: "timeseries",
        unit: "count",
        queries: [
          { expr: "sum by (service) (db_client_connection_pending_requests)", legend: "{{service}} waiting" },
          {
            expr: "sum by (service) (increase(db_client_connection_timeouts_total[5m]))",
            legend: "{{service}} gave up",
          },
        ],
        thresholds: [{ value: 5, color: "red" }],
        alerts: ofEach(services, "db-timeouts"),
        width: "quarter",
      },
      {
        meets: ["PM-1"],
        title: "Wait for a connection, 95th percentile",
        description:
          "Time until a request has its connection. A few milliseconds at most, while there are idle ones.",
        type: "timeseries",
        unit: "seconds",
        queries: [
          {
            expr: "histogram_quantile(0.95, sum by (service, le) (rate(db_client_connection_wait_time_seconds_bucket[5m])))",
            legend: "{{service}}",
          },
        ],
        width: "quarter",
      },
      {
        meets: ["PM-1"],
        title: "Use of a connection, 95th percentile",
        description: "Time that a connection is kept. Much more than a query takes: transactions stay open.",
        type: "timeseries",
        unit: "seconds",
        queries: [
          {
            expr: "histogram_quantile(0.95, sum by (service, le) (rate(db_client_connection_use_time_seconds_bucket[5m])))",
            legend: "{{service}}",
          },
        ],
        width: "quarter",
      },
    ],
  };
}
