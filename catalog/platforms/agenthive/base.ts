import { productionBase } from "fairlead/packs/production-base";
import { services } from "./services.ts";

const own = [
  "hive-api",
  "session-manager",
  "resource-guardian",
  "spawn-manager",
  "model-gateway",
  "dashboard-web",
] as const;

/**
 * Requests, queries, processes, runtime, people and telemetry by the common base. Left out: what alerts/down.ts and
 * alerts/operations.ts say with the hive's own impact and steps.
 */
export const base = productionBase(
  { services },
  {
    http: {
      services: own,
      routes: [
        ...["/", "/assets/{file}", "/api/status", "/api/stream", "/api/drills"],
        ...["/api/sessions", "/api/sessions/{id}", "/api/sessions/{id}/checkpoints", "/api/tasks"],
        ...["/api/agents", "/api/resources", "/api/emergency", "/api/keys"],
        ...["/internal/sessions", "/internal/agents", "/internal/limits", "/v1/chat"],
      ],
    },
    databases: { services: ["hive-api", "session-manager"] },
    processes: { services: own },
    nodejs: { services: ["hive-api", "session-manager", "model-gateway"] },
    users: {
      services: ["hive-api"],
      features: [
        "start-session",
        "stop-session",
        "roll-back",
        "set-level",
        "answer-request",
        "restart-agent",
      ],
      pages: ["sessions", "session", "resources", "performance", "autonomy", "operations"],
    },
    telemetry: {
      services: ["hive-api", "session-manager", "resource-guardian", "spawn-manager", "model-gateway"],
    },
  },
  {
    except: [
      ...own.map((service) => `${service}-unreachable` as const),
      "hive-api-db-failing",
      "session-manager-db-failing",
    ],
  },
);
