import { defineServices } from "fairlead";
import { volumes } from "./volumes.ts";

// Every service has a metrics port of its own, so that all of them can run on one machine.
const probes = {
  readiness: { http: "/readyz", port: "http", period: "5s" },
  liveness: { http: "/livez", port: "http", failures: 6 },
} as const;
// Tokens are signed by the identity provider (NX-9); services only ever hold its public key.
const tokens = { JWT_PUBLIC_KEY: { secret: "nexus-auth", key: "jwt-public-key" } };
const database = { DATABASE_URL: { secret: "nexus-postgres", key: "url" } };
const redisPassword = { REDIS_PASSWORD: { secret: "nexus-redis", key: "password" } };
// NX-4, "up to 64 GB memory per instance", read as: the most that a pod of these services may be given. They tune themselves to
// what they are given, and report it as nexus_memory_limit_bytes.
const engine = { MEMORY_CEILING_BYTES: "64000000000", LOG_LEVEL: "info" };

export const services = defineServices(
  { volumes },
  {
    "multi-agent-coordinator": {
      meets: ["NX-1", "NX-3", "NX-4", "NX-5", "NX-9"],
      title: "Multi-agent coordinator",
      description:
        "Registers agents, matches tasks to their capabilities, schedules by priority, balances the load and resolves conflicts. " +
        "Keeps its state in Redis, so that pods can come and go; without the learning engine it matches by capabilities alone. " +
        "The images of all three services bring the operator's command nexusctl.",
      image: "ghcr.io/nexus-architect/multi-agent-coordinator:2.3.1",
      ports: { http: 8070, metrics: 9470 },
      metrics: { port: "metrics" },
      probes,
      // Observed at 1,000 operations a second: 512 MB and 25 % of a core (NX-3). At 70 % of that a pod does 700, then one is added.
      resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "1Gi" } },
      scaling: { min: 2, max: 6, cpu: "70%" },
      dependsOn: ["redis", "postgres", "adaptive-learning-engine"],
      public: ["http"],
      env: {
        ...engine,
        REDIS_ADDRESS: "redis:6379",
        LEARNING_ENGINE_URL: "http://adaptive-learning-engine:8071",
        MAX_AGENTS: "100",
        QUEUE_LIMIT: "1000",
        OTEL_EXPORTER_PROMETHEUS_PORT: "9470",
        OTEL_SERVICE_NAME: "multi-agent-coordinator",
      },
      secrets: { ...tokens, ...database, ...redisPassword },
    },
    "adaptive-learning-engine": {
      meets: ["NX-1", "NX-3", "NX-4", "NX-9", "NX-10"],
      title: "Adaptive learning engine",
      description:
        "Takes in what happened to tasks as experiences, makes them anonymous before it stores them, recognises patterns, and " +
        "predicts duration and success of tasks. Its pods share one store in PostgreSQL.",
      image: "ghcr.io/nexus-architect/adaptive-learning-engine:2.3.1",
      ports: { http: 8071, metrics: 9471 },
      metrics: { port: "metrics" },
      probes: {
        ...probes,
        // The model in force is read from PostgreSQL before the first answer: give it two minutes.
        startup: { http: "/livez", port: "http", period: "5s", failures: 24 },
      },
      // Observed at 500 operations a second: 1 GB and 50 % of a core (NX-3).
      resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { memory: "2Gi" } },
      scaling: { min: 2, max: 4, cpu: "70%" },
      dependsOn: ["postgres", "redis"],
      public: ["http"],
      env: {
        ...engine,
        REDIS_ADDRESS: "redis:6379",
        EXPERIENCE_LIMIT: "100000",
        ANONYMISE: "always",
        OTEL_EXPORTER_PROMETHEUS_PORT: "9471",
        OTEL_SERVICE_NAME: "adaptive-learning-engine",
      },
      secrets: { ...tokens, ...database, ...redisPassword },
    },
    "production-optimizer": {
      meets: ["NX-1", "NX-3", "NX-4", "NX-9", "NX-10"],
      title: "Production optimizer",
      description:
        "Takes in samples of metrics, decides on optimisations and reliability enhancements, applies those it is confident of, " +
        "measures what they brought and takes back what did harm. Foresees wear and shortage.",
      image: "ghcr.io/nexus-architect/production-optimizer:2.3.1",
      ports: { http: 8072, metrics: 9472 },
      metrics: { port: "metrics" },
      probes,
      // Observed at 800 operations a second: 512 MB and 30 % of a core (NX-3).
      resources: { requests: { cpu: "300m", memory: "512Mi" }, limits: { memory: "1Gi" } },
      scaling: { min: 2, max: 4, cpu: "70%" },
      dependsOn: ["postgres", "adaptive-learning-engine", "multi-agent-coordinator"],
      public: ["http"],
      env: {
        ...engine,
        COORDINATOR_URL: "http://multi-agent-coordinator:8070",
        LEARNING_ENGINE_URL: "http://adaptive-learning-engine:8071",
        SAMPLES_PER_SECOND_LIMIT: "100000",
        LEAST_CONFIDENCE: "0.8",
        OTEL_EXPORTER_PROMETHEUS_PORT: "9472",
        OTEL_SERVICE_NAME: "production-optimizer",
      },
      secrets: { ...tokens, ...database },
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
    postgres: {
      meets: ["NX-1", "NX-8"],
      title: "PostgreSQL",
      description:
        "Experiences, patterns, decisions and the audit log. One pod: a restart takes seconds, its volume keeps the data, and " +
        "the daily backup is kept outside the cluster.",
      // The audit log is kept for 90 days, copies for 35 (NX-9). Nights are quiet; the week's long work is done at its end.
      backup: { schedule: "0 2 * * *", keep: 35, to: "backups", restoreTest: "0 4 * * 0" },
      vacuum: { schedule: "0 3 * * 6" },
      image: "postgres:17.2",
      args: ["-c", "max_connections=200", "-c", "log_min_duration_statement=500"],
      ports: { postgres: 5432 },
      probes: {
        // After a crash it first replays its write-ahead log: up to five minutes.
        startup: { tcp: "postgres", period: "5s", failures: 60 },
        readiness: { tcp: "postgres", period: "5s" },
        liveness: { tcp: "postgres", failures: 6 },
      },
      resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "2Gi" } },
      scaling: { replicas: 1 },
      env: { POSTGRES_DB: "nexus", POSTGRES_USER: "nexus", PGDATA: "/var/lib/postgresql/data/pgdata" },
      secrets: { POSTGRES_PASSWORD: { secret: "nexus-postgres", key: "password" } },
      mounts: { "/var/lib/postgresql/data": "postgres-data" },
      scratch: ["/tmp", "/var/run/postgresql"],
      // The user postgres of the image.
      user: 999,
    },
    housekeeper: {
      meets: ["NX-8", "NX-9", "NX-10"],
      title: "Housekeeper",
      description:
        "Carries the nightly copies of the database out of the cluster, encrypted, and with them the configuration; tells when " +
        "each chore last succeeded, from the marks that the jobs leave beside the copies; archives logs and removes what has " +
        "outlived its retention every day; looks at certificates and tries ten integration scenarios every quarter of an hour. " +
        "Brings the command nexusctl.",
      image: "ghcr.io/nexus-architect/housekeeper:2.3.1",
      ports: { http: 8075, metrics: 9475 },
      metrics: { port: "metrics" },
      probes,
      resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "512Mi" } },
      scaling: { replicas: 1 },
      dependsOn: [
        "postgres",
        "redis",
        "multi-agent-coordinator",
        "adaptive-learning-engine",
        "production-optimizer",
      ],
      egress: [
        { cidr: "0.0.0.0/0", port: 443, why: "object storage of the backups, and the gateway's certificate" },
      ],
      env: {
        BACKUP_FOLDER: "/kept/backups/postgres",
        AUDIT_RETENTION_DAYS: "90",
        EXPERIENCE_RETENTION_DAYS: "365",
        BACKUP_RETENTION_DAYS: "35",
        LOG_LEVEL: "info",
        OTEL_EXPORTER_PROMETHEUS_PORT: "9475",
        OTEL_SERVICE_NAME: "housekeeper",
      },
      secrets: {
        ...database,
        ...redisPassword,
        BACKUP_BUCKET_URL: { secret: "nexus-backup", key: "bucket-url" },
        BACKUP_ENCRYPTION_KEY: { secret: "nexus-backup", key: "encryption-key" },
        SCENARIO_TOKEN: { secret: "nexus-auth", key: "scenario-token" },
      },
      mounts: { "/kept": { volume: "backups", readOnly: true } },
    },
    "redis-exporter": {
      meets: ["NX-1"],
      title: "Redis' metrics",
      description: "Asks Redis how it is and says it to Prometheus.",
      image: "oliver006/redis_exporter:v1.67.0",
      ports: { metrics: 9121 },
      metrics: { port: "metrics" },
      probes: {
        readiness: { http: "/health", port: "metrics", period: "5s" },
        liveness: { http: "/health", port: "metrics" },
      },
      resources: { requests: { cpu: "20m", memory: "32Mi" }, limits: { memory: "64Mi" } },
      scaling: { replicas: 1 },
      dependsOn: ["redis"],
      env: { REDIS_ADDR: "redis://redis:6379" },
      secrets: redisPassword,
    },
    "postgres-exporter": {
      meets: ["NX-1"],
      title: "PostgreSQL's metrics",
      description: "Asks PostgreSQL how it is and says it to Prometheus.",
      image: "quay.io/prometheuscommunity/postgres-exporter:v0.16.0",
      ports: { metrics: 9187 },
      metrics: { port: "metrics" },
      // Its metrics page asks the database each time, which a probe should not.
      probes: { readiness: { tcp: "metrics", period: "5s" }, liveness: { tcp: "metrics" } },
      resources: { requests: { cpu: "20m", memory: "32Mi" }, limits: { memory: "64Mi" } },
      scaling: { replicas: 1 },
      dependsOn: ["postgres"],
      env: { DATA_SOURCE_URI: "postgres:5432/nexus?sslmode=disable", DATA_SOURCE_USER: "exporter" },
      secrets: { DATA_SOURCE_PASS: { secret: "nexus-postgres", key: "exporter-password" } },
    },
  },
);
