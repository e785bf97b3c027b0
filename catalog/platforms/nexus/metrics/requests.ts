import { defineMetrics } from "fairlead";
import { coordinator, engines, learning, serverErrors } from "../label-values.ts";
import { services } from "../services.ts";

/** Technical: requests that are answered, and calls of the stores, by OpenTelemetry's names. */
export const requestMetrics = defineMetrics(
  { services },
  {
    http_server_request_duration_seconds: {
      meets: ["NX-2", "NX-3"],
      type: "histogram",
      class: "technical",
      unit: "seconds",
      help: "Duration of HTTP server requests; probes are left out.",
      services: [...engines],
      labels: {
        http_request_method: ["GET", "POST", "PUT", "DELETE"],
        http_route: [
          "/v1/tasks",
          "/v1/tasks/{id}",
          "/v1/agents",
          "/v1/agents/{id}",
          "/v1/agents/{id}/heartbeat",
          "/v1/experiences",
          "/v1/predictions",
          "/v1/patterns",
          "/v1/samples",
          "/v1/optimizations",
          "/v1/optimizations/{id}",
          "/v1/recommendations",
          "/v1/status",
        ],
        http_response_status_code: [
          ...["200", "201", "202", "204"],
          ...["400", "401", "403", "404", "409", "413", "422", "429"],
          ...serverErrors,
        ],
      },
      // OpenTelemetry's boundaries, and 0.2 for the optimizer's objective.
      buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.2, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    },
    db_client_operation_duration_seconds: {
      type: "histogram",
      class: "technical",
      unit: "seconds",
      help: "Duration of Redis commands and PostgreSQL statements; error_type is empty for those that succeeded.",
      services: [...engines],
      labels: {
        db_system_name: ["redis", "postgresql"],
        error_type: ["", "timeout", "connection", "_OTHER"],
      },
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
    },
    db_client_connection_count: {
      type: "gauge",
      class: "technical",
      help: "Connections in the pool, by state.",
      services: [...engines],
      labels: {
        db_client_connection_pool_name: ["postgresql"],
        db_client_connection_state: ["idle", "used"],
      },
    },
    db_client_connection_pending_requests: {
      type: "gauge",
      class: "technical",
      help: "Requests that wait for a connection of the pool.",
      services: [...engines],
      labels: { db_client_connection_pool_name: ["postgresql"] },
    },
    nexus_redis_reachable: {
      meets: ["NX-1"],
      type: "gauge",
      class: "technical",
      help: "1 while this replica gets answers from Redis, 0 while it does not.",
      services: [coordinator, learning],
    },
  },
);
