import { productionBase } from "fairlead/packs/production-base";
import { serverErrors } from "./label-values.ts";
import { services } from "./services.ts";

/** What every platform in production has: requests, queries, pools, caches, processes, and telemetry of the hub's own services. */
export const base = productionBase(
  { services },
  {
    http: {
      services: ["api"],
      routes: [
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
      statusCodes: [
        ...["200", "201", "202", "204", "304"],
        ...["400", "401", "403", "404", "409", "413", "422", "429"],
        ...serverErrors,
      ],
      // OpenTelemetry's boundaries, and 0.3 for the API's objective.
      buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.3, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    },
    databases: {
      services: ["api", "orchestrator"],
      systems: ["postgresql", "redis"],
      operations: ["SELECT", "INSERT", "UPDATE", "DELETE", "GET", "SET", "EVALSHA"],
      pools: ["postgresql", "redis"],
    },
    httpClients: { services: ["api", "orchestrator"] },
    caches: { services: ["api"], names: ["workflows", "permissions"] },
    processes: { services: ["api", "orchestrator", "prometheus", "alertmanager", "grafana"] },
    nodejs: { services: ["api", "orchestrator"] },
    telemetry: { services: ["api", "orchestrator"] },
  },
  {
    except: [
      // The platform's own say what a missing API or orchestrator means for workflows.
      ...(["api-unreachable", "orchestrator-unreachable", "grafana-unreachable"] as const),
      // Neither can tell that it is down: the heartbeat does.
      ...(["prometheus-unreachable", "alertmanager-unreachable"] as const),
    ],
  },
);
