import { defineServices } from "fairlead";
import { volumes } from "./volumes.ts";

// A managed PostgreSQL outside the namespace keeps queue, task state and breaker state: the pods can be replaced at any time.
const database = { cidr: "10.0.0.0/8", port: 5432, why: "managed PostgreSQL in the private network" };
const internet = "0.0.0.0/0";

export const services = defineServices(
  { volumes },
  {
    autopilot: {
      meets: ["WV-0", "WV-14"],
      title: "Autopilot",
      description:
        "Takes tasks from the queue and leads each through spec, plan, think, implement, verify, review, pr and monitor, " +
        "with gates 1 to 5 and the resolution loop. Replicas share the tasks; the one that holds the scheduler's lease reports " +
        "what exists once for the platform: queue, breakers, mode and token budget. Its image brings the command autopilotctl.",
      image: "ghcr.io/weathervane/autopilot:1.4.2",
      ports: { http: 8080, metrics: 9464 },
      metrics: { port: "metrics" },
      probes: {
        // Tasks that were cut off are taken up again at the start, which needs the evidence volume: give it two minutes.
        startup: { http: "/livez", port: "http", period: "5s", failures: 24 },
        readiness: { http: "/readyz", port: "http", period: "5s" },
        liveness: { http: "/livez", port: "http", failures: 6 },
      },
      resources: { requests: { cpu: "1000m", memory: "2Gi" }, limits: { memory: "4Gi" } },
      scaling: { replicas: 1 },
      dependsOn: ["mcp-server"],
      egress: [
        database,
        {
          cidr: internet,
          port: 443,
          why: "model providers, Git hosting and the incident tracker, whose addresses change",
        },
      ],
      env: {
        MCP_SERVER_URL: "http://mcp-server:8083/mcp",
        EVIDENCE_FOLDER: "/evidence",
        EVIDENCE_COMPRESS_AFTER_SECONDS: "3600",
        MAX_CONCURRENT_TASKS: "10",
        TASK_TOKEN_LIMIT: "10000",
        TASK_EVIDENCE_LIMIT_BYTES: "100000000",
        HOURLY_TOKEN_LIMIT: "100000",
        LOG_LEVEL: "info",
        OTEL_SERVICE_NAME: "autopilot",
      },
      secrets: {
        DATABASE_URL: { secret: "weathervane-database", key: "url" },
        MODEL_PROVIDER_API_KEY: { secret: "weathervane-model-providers", key: "primary-api-key" },
        MODEL_BACKUP_API_KEY: { secret: "weathervane-model-providers", key: "backup-api-key" },
        GIT_TOKEN: { secret: "weathervane-git", key: "token" },
        MCP_SERVER_TOKEN: { secret: "weathervane-mcp", key: "token" },
      },
      mounts: { "/evidence": "evidence" },
    },
    "dashboard-api": {
      meets: ["WV-0", "WV-19"],
      title: "Dashboard API",
      description:
        "HTTP API of people and other systems: creates tasks, lists them with their evidence, changes the mode, resets breakers.",
      image: "ghcr.io/weathervane/dashboard-api:1.4.2",
      ports: { http: 8081, metrics: 9465 },
      metrics: { port: "metrics" },
      probes: {
        readiness: { http: "/readyz", port: "http", period: "5s" },
        liveness: { http: "/livez", port: "http" },
      },
      resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "1Gi" } },
      scaling: { min: 1, max: 4, cpu: "70%" },
      // The one service whose requests come from people all day, and which has SLOs of them.
      canary: {},
      dependsOn: ["autopilot"],
      public: ["http"],
      egress: [database],
      env: {
        AUTOPILOT_URL: "http://autopilot:8080",
        EVIDENCE_FOLDER: "/evidence",
        LOG_LEVEL: "info",
        OTEL_SERVICE_NAME: "dashboard-api",
      },
      secrets: {
        DATABASE_URL: { secret: "weathervane-database", key: "url" },
        SESSION_KEY: { secret: "weathervane-dashboard", key: "session-key" },
      },
      // It only ever serves what the autopilot wrote.
      mounts: { "/evidence": { volume: "evidence", readOnly: true } },
    },
    "dashboard-web": {
      meets: ["WV-0"],
      title: "Dashboard web",
      description: "Serves the dashboard's pages and passes their API calls on to the dashboard API.",
      image: "ghcr.io/weathervane/dashboard-web:1.4.2",
      ports: { http: 8082, metrics: 9466 },
      metrics: { port: "metrics" },
      probes: {
        readiness: { http: "/readyz", port: "http", period: "5s" },
        liveness: { http: "/livez", port: "http" },
      },
      resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "128Mi" } },
      scaling: { replicas: 1 },
      dependsOn: ["dashboard-api"],
      public: ["http"],
      env: { DASHBOARD_API_URL: "http://dashboard-api:8081", OTEL_SERVICE_NAME: "dashboard-web" },
    },
    "mcp-server": {
      meets: ["WV-0"],
      title: "MCP server",
      description:
        "Gives the agents their tools over the Model Context Protocol: repository access, test runner, search. Keeps no state.",
      image: "ghcr.io/weathervane/mcp-server:1.4.2",
      ports: { http: 8083, metrics: 9467 },
      metrics: { port: "metrics" },
      probes: {
        readiness: { http: "/readyz", port: "http", period: "5s" },
        liveness: { http: "/livez", port: "http" },
      },
      resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { memory: "2Gi" } },
      scaling: { replicas: 1 },
      egress: [
        { cidr: internet, port: 443, why: "Git hosting and package registries, whose addresses change" },
      ],
      env: { LOG_LEVEL: "info", OTEL_SERVICE_NAME: "mcp-server" },
      secrets: {
        MCP_SERVER_TOKEN: { secret: "weathervane-mcp", key: "token" },
        GIT_TOKEN: { secret: "weathervane-git", key: "token" },
      },
    },
  },
);
