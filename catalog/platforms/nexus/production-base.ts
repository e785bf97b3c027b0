import { productionBase } from "fairlead/packs/production-base";
import { coordinator, engines, learning, optimizer, serverErrors } from "./label-values.ts";
import { services } from "./services.ts";

/** Requests, databases, calls of each other, caches, processes and telemetry: as on every platform. */
export const base = productionBase(
  { services },
  {
    http: {
      services: engines,
      methods: ["GET", "POST", "PUT", "DELETE"],
      routes: [
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
      statusCodes: [
        ...["200", "201", "202", "204"],
        ...["400", "401", "403", "404", "409", "413", "422", "429"],
        ...serverErrors,
      ],
      // OpenTelemetry's boundaries, and 0.2 for the optimizer's objective.
      buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.2, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    },
    databases: {
      services: engines,
      systems: ["postgresql", "redis"],
      operations: [
        "SELECT",
        "INSERT",
        "UPDATE",
        "DELETE",
        "GET",
        "SET",
        "HSET",
        "XADD",
        "XREADGROUP",
        "EVALSHA",
      ],
      tables: [
        "agents",
        "queue",
        "experiences",
        "patterns",
        "models",
        "decisions",
        "samples",
        "audit.records",
      ],
      pools: ["postgresql", "redis"],
      // Redis answers within a millisecond.
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
    },
    // The coordinator asks for predictions, the optimizer for those and for the state of tasks.
    httpClients: { services: [coordinator, optimizer], servers: [coordinator, learning] },
    caches: { services: [learning], names: ["predictions", "patterns"] },
    processes: { services: [...engines, "housekeeper"] },
    telemetry: { services: engines },
  },
  {
    // Nexus says itself what it means when one of these is gone.
    except: [
      "multi-agent-coordinator-unreachable",
      "adaptive-learning-engine-unreachable",
      "production-optimizer-unreachable",
      "housekeeper-unreachable",
    ],
  },
);
