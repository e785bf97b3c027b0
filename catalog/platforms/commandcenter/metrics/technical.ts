import { defineMetrics } from "fairlead";
import { serverErrors, streams } from "../label-values.ts";
import { services } from "../services.ts";

const errorTypes = ["", "timeout", "connection", "_OTHER"];

/** Technical: requests, messages and queries of the hub's own services, by OpenTelemetry's names. */
export const technicalMetrics = defineMetrics(
  { services },
  {
    http_server_request_duration_seconds: {
      meets: ["CC-3"],
      type: "histogram",
      class: "technical",
      unit: "seconds",
      help: "Duration of HTTP server requests; probes are left out.",
      services: ["api"],
      labels: {
        http_request_method: ["GET", "POST", "PUT", "PATCH", "DELETE"],
        http_route: [
          "/v1/workflows",
          "/v1/workflows/{id}",
          "/v1/workflows/{id}/runs",
          "/v1/workflows/{id}/run-and-wait",
          "/v1/runs",
          "/v1/runs/{id}",
          "/v1/runs/{id}/events",
          "/v1/approvals",
          "/v1/approvals/{id}",
          "/v1/agents",
          "/v1/findings",
          "/v1/costs",
          "/v1/alerts",
          "/v1/status",
        ],
        http_response_status_code: [
          ...["200", "201", "202", "204", "304"],
          ...["400", "401", "403", "404", "409", "413", "422", "429"],
          ...serverErrors,
        ],
      },
      // OpenTelemetry's boundaries, and 0.3 for the API's objective.
      buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.3, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    },
    messaging_client_operation_duration_seconds: {
      type: "histogram",
      class: "technical",
      unit: "seconds",
      help: "Duration of NATS operations; error_type is empty for those that succeeded.",
      services: ["api", "orchestrator"],
      labels: {
        messaging_system: ["nats"],
        messaging_operation_name: ["publish", "receive", "ack"],
        messaging_destination_name: streams,
        error_type: errorTypes,
      },
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    },
    db_client_operation_duration_seconds: {
      type: "histogram",
      class: "technical",
      unit: "seconds",
      help: "Duration of database operations; error_type is empty for those that succeeded.",
      services: ["api", "orchestrator"],
      labels: {
        db_system_name: ["postgresql", "redis"],
        db_operation_name: ["SELECT", "INSERT", "UPDATE", "DELETE", "GET", "SET", "EVALSHA"],
        error_type: errorTypes,
      },
      buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10],
    },
    db_client_connection_count: {
      meets: ["CC-14"],
      type: "gauge",
      class: "technical",
      help: "Connections in the pool, by state.",
      services: ["api", "orchestrator"],
      labels: { db_client_connection_pool_name: ["hub"], db_client_connection_state: ["idle", "used"] },
    },
    db_client_connection_max: {
      meets: ["CC-14"],
      type: "gauge",
      class: "technical",
      help: "Connections that the pool may hold.",
      services: ["api", "orchestrator"],
      labels: { db_client_connection_pool_name: ["hub"] },
    },
    db_client_connection_timeouts_total: {
      meets: ["CC-14"],
      type: "counter",
      class: "technical",
      help: "Waits for a connection from the pool that took too long.",
      services: ["api", "orchestrator"],
      labels: { db_client_connection_pool_name: ["hub"] },
    },
  },
);
