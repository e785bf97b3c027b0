import { defineServices } from "fairlead";
import { volumes } from "./volumes.ts";

export const services = defineServices(
  { volumes },
  {
    "multi-agent-coordinator": {
      meets: ["NX-1", "NX-3"],
      title: "Multi-agent coordinator",
      description:
        "Registers agents, matches tasks to their capabilities, schedules by priority, balances the load and resolves conflicts. " +
        "Keeps its state in Redis, so that pods can come and go.",
      image: "ghcr.io/nexus-architect/multi-agent-coordinator:2.3.1",
      ports: { http: 8070, metrics: 9464 },
      metrics: { port: "metrics" },
      probes: {
        readiness: { http: "/readyz", port: "http", period: "5s" },
        liveness: { http: "/livez", port: "http" },
      },
      // Observed at 1,000 operations a second: 512 MB and 25 % of a core (NX-3).
      resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "1Gi" } },
      scaling: { min: 2, max: 6, cpu: "70%" },
      dependsOn: ["redis"],
      public: ["http"],
      env: {
        REDIS_ADDRESS: "redis:6379",
        MAX_AGENTS: "100",
        QUEUE_LIMIT: "1000",
        LOG_LEVEL: "info",
        OTEL_SERVICE_NAME: "multi-agent-coordinator",
      },
      secrets: {
        REDIS_PASSWORD: { secret: "nexus-redis", key: "password" },
        JWT_PUBLIC_KEY: { secret: "nexus-auth", key: "jwt-public-key" },
      },
    },
    redis: {
      meets: ["NX-1"],
      title: "Redis",
      description:
        "Task queue, agent registry and coordination state. One pod: a restart takes seconds, and its file keeps the data.",
      image: "redis:7.4.1",
      // Kubernetes fills in $(REDISCLI_AUTH), which is also the variable that redis-cli takes its password from.
      args: [
        "--appendonly",
        "yes",
        "--dir",
        "/data",
        "--maxmemory",
        "768mb",
        "--maxmemory-policy",
        "noeviction",
        "--requirepass",
        "$(REDISCLI_AUTH)",
      ],
      ports: { redis: 6379 },
      probes: {
        readiness: { tcp: "redis", period: "5s" },
        liveness: { tcp: "redis" },
      },
      resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "1Gi" } },
      scaling: { replicas: 1 },
      secrets: { REDISCLI_AUTH: { secret: "nexus-redis", key: "password" } },
      mounts: { "/data": "redis-data" },
      // The user redis of the image.
      user: 999,
    },
  },
);
