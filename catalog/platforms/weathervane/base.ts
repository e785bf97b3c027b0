import { productionBase } from "fairlead/packs/production-base";
import { services } from "./services.ts";

const all = ["autopilot", "dashboard-api", "dashboard-web", "mcp-server"] as const;

/** What WeatherVane has in common with every platform: requests, database, processes. */
export const base = productionBase(
  { services },
  {
    http: {
      services: all,
      routes: [
        "/",
        "/assets/{file}",
        "/api/tasks",
        "/api/tasks/{id}",
        "/api/tasks/{id}/actions",
        "/api/gates",
        "/api/resolution-loops",
        "/api/breakers",
        "/api/mode",
        "/api/status",
        "/api/stream",
        "/control/tasks",
        "/control/mode",
        "/control/breakers/{name}",
        "/mcp",
      ],
      // OpenTelemetry's boundaries, and 0.3 for the dashboard API's objective.
      buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.3, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
      // Each open dashboard holds one request, its event stream: a hundred of them are no backlog.
      inFlight: 300,
    },
    databases: { services: ["autopilot", "dashboard-api"], pools: ["tasks"] },
    processes: { services: all },
  },
  // WV-6 has an alert of its own for it.
  { except: ["mcp-server-unreachable"] },
);
