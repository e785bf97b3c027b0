import { defineMetrics } from "fairlead";
import { serverErrors } from "../label-values.ts";
import { services } from "../services.ts";

const all = [
  "hive-api",
  "session-manager",
  "resource-guardian",
  "spawn-manager",
  "model-gateway",
  "dashboard-web",
] as const;

/** Technical and system: requests, queries, permissions, processes. OpenTelemetry's names where its conventions have one. */
export const technicalMetrics = defineMetrics(
  { services },
  {
    http_server_request_duration_seconds: {
      meets: ["AH-11", "AH-12"],
      type: "histogram",
      class: "technical",
      unit: "seconds",
      help: "Duration of HTTP server requests; probes are left out.",
      services: [...all],
      labels: {
        http_request_method: ["GET", "POST", "PUT", "PATCH", "DELETE"],
        http_route: [
          ...["/", "/assets/{file}", "/api/status", "/api/stream", "/api/drills"],
          ...["/api/sessions", "/api/sessions/{id}", "/api/sessions/{id}/checkpoints", "/api/tasks"],
          ...["/api/agents", "/api/resources", "/api/emergency", "/api/keys"],
          ...["/internal/sessions", "/internal/agents", "/internal/limits", "/v1/chat"],
        ],
        http_response_status_code: [
          ...["200", "201", "202", "204", "304"],
          ...["400", "401", "403", "404", "409", "422", "429"],
          ...serverErrors,
        ],
      },
      // OpenTelemetry's boundaries; 0.1 is the Hive API's objective.
      buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    },
    db_client_operation_duration_seconds: {
      meets: ["AH-11"],
      type: "histogram",
      class: "technical",
      unit: "seconds",
      help: "Duration of database operations; error_type is empty for those that succeeded.",
      services: ["hive-api", "session-manager"],
      labels: {
        db_system_name: ["postgresql"],
        db_operation_name: ["SELECT", "INSERT", "UPDATE", "DELETE"],
        error_type: ["", "timeout", "connection", "_OTHER"],
      },
      // OpenTelemetry's boundaries; 0.05 is the objective.
      buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10],
    },
    db_client_connection_count: {
      type: "gauge",
      class: "technical",
      help: "Connections in the pool, by state.",
      services: ["hive-api", "session-manager"],
      labels: { db_client_connection_pool_name: ["agenthive"], db_client_connection_state: ["idle", "used"] },
    },
    agenthive_permission_checks_total: {
      meets: ["AH-10", "PM-3"],
      type: "counter",
      class: "technical",
      help: "Requests to sensitive endpoints, by what became of their JWT and permission; unchecked: answered without looking.",
      services: ["hive-api", "session-manager", "resource-guardian", "spawn-manager", "model-gateway"],
      labels: {
        result: ["allowed", "no-token", "bad-token", "expired-token", "no-permission", "unchecked"],
      },
    },
    process_cpu_seconds_total: {
      type: "counter",
      class: "system",
      unit: "seconds",
      help: "Processor time that the process has used, in user and system mode.",
      services: [...all],
    },
    process_resident_memory_bytes: {
      type: "gauge",
      class: "system",
      unit: "bytes",
      help: "Memory of the process that is in RAM.",
      services: [...all],
    },
    process_start_time_seconds: {
      type: "gauge",
      class: "system",
      unit: "seconds",
      help: "When the process started, in seconds since 1970; a change is a restart.",
      services: [...all],
    },
    agenthive_build_info: {
      meets: ["AH-13", "PM-3"],
      type: "gauge",
      class: "system",
      help: "Always 1; which version of the service answers.",
      services: [...all],
      labels: { version: { atMost: 3 } },
    },
  },
);
