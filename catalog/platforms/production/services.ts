import { defineServices } from "fairlead";
import { volumes } from "./volumes.ts";

const probes = {
  readiness: { http: "/readyz", port: "http", period: "5s" },
  liveness: { http: "/livez", port: "http" },
} as const;

const settings = {
  DATABASE_HOST: "postgresql",
  DATABASE_NAME: "production",
  DATABASE_USER: "production",
  REDIS_ADDRESS: "redis:6379",
  // What counts as slow in db_client_slow_operations_total.
  DATABASE_SLOW_MILLISECONDS: "50",
  OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
  OTEL_TRACES_SAMPLER_ARG: "0.1",
  LOG_LEVEL: "info",
};

const secrets = {
  DATABASE_PASSWORD: { secret: "production-postgresql", key: "password" },
  REDIS_PASSWORD: { secret: "production-redis", key: "password" },
};

export const services = defineServices(
  { volumes },
  {
    gateway: {
      meets: ["PM-5"],
      title: "Gateway",
      description:
        "HTTP and WebSocket API: takes workflows, answers lists page by page from its caches, and shows progress live.",
      image: "ghcr.io/production/gateway:3.1.0",
      ports: { http: 8090, metrics: 9464 },
      metrics: { port: "metrics" },
      probes,
      resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "1Gi" } },
      scaling: { min: 1, max: 4, cpu: "70%" },
      dependsOn: ["postgresql", "redis"],
      public: ["http"],
      env: { ...settings, OTEL_SERVICE_NAME: "gateway", DATABASE_POOL: "20", PAGE_LIMIT: "100" },
      secrets: { ...secrets, JWT_PUBLIC_KEY: { secret: "production-auth", key: "jwt-public-key" } },
    },
    worker: {
      meets: ["PM-5"],
      title: "Worker",
      description:
        "Takes workflows from the queue in Redis, calls models for their steps, keeps results in PostgreSQL.",
      image: "ghcr.io/production/worker:3.1.0",
      ports: { http: 8091, metrics: 9465 },
      metrics: { port: "metrics" },
      probes,
      resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { memory: "2Gi" } },
      scaling: { min: 1, max: 6, cpu: "70%" },
      dependsOn: ["postgresql", "redis"],
      egress: [{ cidr: "0.0.0.0/0", port: 443, why: "model providers, whose addresses change" }],
      env: { ...settings, OTEL_SERVICE_NAME: "worker", DATABASE_POOL: "10", CONCURRENT_WORKFLOWS: "10" },
      secrets: { ...secrets, MODEL_API_KEY: { secret: "production-models", key: "api-key" } },
    },
    postgresql: {
      meets: ["PM-5"],
      title: "PostgreSQL",
      description:
        "Workflows, their steps and results. One pod: a restart takes seconds, and its volume keeps the data.",
      backup: { schedule: "0 2 * * *", keep: 14, to: "backups", restoreTest: "0 4 * * 0" },
      vacuum: { schedule: "0 3 * * 6" },
      image: "postgres:17.2",
      ports: { postgresql: 5432 },
      probes: {
        readiness: { tcp: "postgresql", period: "5s" },
        liveness: { tcp: "postgresql", failures: 6 },
      },
      resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { memory: "2Gi" } },
      scaling: { replicas: 1 },
      // A folder below the mount, since initdb wants an empty one.
      env: {
        PGDATA: "/var/lib/postgresql/data/pgdata",
        POSTGRES_DB: "production",
        POSTGRES_USER: "production",
      },
      secrets: { POSTGRES_PASSWORD: { secret: "production-postgresql", key: "password" } },
      mounts: { "/var/lib/postgresql/data": "postgresql-data" },
      scratch: ["/tmp", "/var/run/postgresql"],
      // The user postgres of the image.
      user: 999,
    },
    "upkeep-metrics": {
      meets: ["PM-13"],
      title: "Marks of the chores",
      description:
        "Tells Prometheus when backup, restore test and vacuum last succeeded: the marks that their jobs leave beside the copies.",
      image: "quay.io/prometheus/node-exporter:v1.9.1",
      args: [
        "--collector.disable-defaults",
        "--collector.textfile",
        "--collector.textfile.directory=/kept/backups/postgresql/metrics",
        "--web.disable-exporter-metrics",
      ],
      ports: { metrics: 9100 },
      metrics: { port: "metrics" },
      probes: {
        readiness: { http: "/", port: "metrics", period: "5s" },
        liveness: { http: "/", port: "metrics" },
      },
      resources: { requests: { cpu: "20m", memory: "32Mi" }, limits: { memory: "64Mi" } },
      scaling: { replicas: 1 },
      mounts: { "/kept": { volume: "backups", readOnly: true } },
    },
    redis: {
      meets: ["PM-5"],
      title: "Redis",
      description:
        "The queue of workflows, and the caches' second layer. One pod; its file keeps the queue over a restart.",
      image: "redis:7.4.1",
      // Kubernetes fills in $(REDISCLI_AUTH). Only keys with an expiry, which are those of the caches, may be evicted.
      args: [
        "--appendonly",
        "yes",
        "--dir",
        "/data",
        "--maxmemory",
        "768mb",
        "--maxmemory-policy",
        "volatile-lru",
        "--requirepass",
        "$(REDISCLI_AUTH)",
      ],
      ports: { redis: 6379 },
      probes: { readiness: { tcp: "redis", period: "5s" }, liveness: { tcp: "redis" } },
      resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "1Gi" } },
      scaling: { replicas: 1 },
      secrets: { REDISCLI_AUTH: { secret: "production-redis", key: "password" } },
      mounts: { "/data": "redis-data" },
      // The user redis of the image.
      user: 999,
    },
  },
);
