import { defineMetrics } from "fairlead";
import { services } from "../services.ts";

const own = [
  "hive-api",
  "session-manager",
  "resource-guardian",
  "spawn-manager",
  "model-gateway",
  "dashboard-web",
] as const;

/** Technical: permissions and releases; requests, queries and processes are the production base's. */
export const technicalMetrics = defineMetrics(
  { services },
  {
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
    agenthive_build_info: {
      meets: ["AH-13", "PM-3"],
      type: "gauge",
      class: "system",
      help: "Always 1; which version of the service answers.",
      services: [...own],
      labels: { version: { atMost: 3 } },
    },
  },
);
