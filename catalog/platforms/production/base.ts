import { productionBase } from "fairlead/packs/production-base";
import { services } from "./services.ts";

const processes = ["gateway", "worker"] as const;

/** Nearly all that this platform measures, shows and alerts on. */
export const base = productionBase(
  { services },
  {
    business: { services: ["worker"], events: ["workflow"] },
    users: {
      services: ["gateway"],
      features: ["start-workflow", "follow-workflow", "list-workflows", "read-result"],
      pages: ["workflows", "workflow"],
    },
    http: {
      services: ["gateway"],
      methods: ["GET", "POST", "DELETE"],
      routes: ["/v1/workflows", "/v1/workflows/{id}", "/v1/runs", "/v1/workflows/{id}/result", "/v1/status"],
    },
    slos: {
      services: ["gateway"],
      availability: "99.9%",
      latency: { objective: "99%", within: "250ms" },
    },
    httpClients: {
      services: ["worker"],
      servers: ["models.production.example", "models-backup.production.example"],
    },
    websockets: { services: ["gateway"] },
    caches: { services: ["gateway"], names: ["workflows", "permissions"] },
    databases: { services: processes, tables: ["workflows", "steps", "results", "permissions"] },
    nodejs: { services: processes },
    processes: { services: processes },
    telemetry: { services: processes },
  },
);
