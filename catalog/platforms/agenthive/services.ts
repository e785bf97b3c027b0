import { defineServices } from "fairlead";
import { answers, collector, database, redis, telemetry, tokens } from "./service-settings.ts";
import { volumes } from "./volumes.ts";

const internet = "0.0.0.0/0";

// Each service has a metrics port of its own, so that all of them can run on one machine.
export const services = defineServices(
  { volumes },
  {
    "hive-api": {
      meets: ["AH-10", "AH-11", "AH-13"],
      title: "Hive API",
      description:
        "HTTP API of people and other systems: starts and stops sessions, lists tasks, sets the emergency level. Every endpoint " +
        "that changes something or shows what agents did needs a JWT and a permission. Keeps no state.",
      image: "ghcr.io/agenthive/hive-api:3.1.0",
      ports: { http: 8090, metrics: 9470 },
      metrics: { port: "metrics" },
      probes: answers,
      resources: { requests: { cpu: "250m", memory: "256Mi" }, limits: { memory: "512Mi" } },
      scaling: { min: 1, max: 2, cpu: "70%" },
      dependsOn: ["session-manager", "resource-guardian", "spawn-manager", "postgres", "redis"],
      public: ["http"],
      egress: [collector],
      env: {
        SESSION_MANAGER_URL: "http://session-manager:8091",
        RESOURCE_GUARDIAN_URL: "http://resource-guardian:8092",
        SPAWN_MANAGER_URL: "http://spawn-manager:8093",
        REDIS_ADDRESS: "redis:6379",
        JWT_AUDIENCE: "hive-api",
        ...telemetry,
        OTEL_SERVICE_NAME: "hive-api",
      },
      secrets: { ...database, ...redis, ...tokens },
    },
    "session-manager": {
      meets: ["AH-1", "AH-3", "AH-4", "AH-5", "AH-6"],
      title: "Session manager",
      description:
        "Leads sessions of up to 24 hours: plans tasks, takes checkpoints, compares with the performance baseline, rolls back, " +
        "watches fatigue and sets the emergency level. Replicas share the sessions; the one that holds the lease reports what " +
        "exists once for the platform, the age of the database's copies too. Its image brings the operator's command hivectl.",
      image: "ghcr.io/agenthive/session-manager:3.1.0",
      ports: { http: 8091, metrics: 9471 },
      metrics: { port: "metrics" },
      probes: {
        ...answers,
        // Sessions that were cut off go on from their last checkpoint, which is read first: give it two minutes.
        startup: { http: "/livez", port: "http", period: "5s", failures: 24 },
      },
      resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "1Gi" } },
      scaling: { replicas: 1 },
      dependsOn: ["spawn-manager", "model-gateway", "postgres", "redis"],
      egress: [collector],
      env: {
        SPAWN_MANAGER_URL: "http://spawn-manager:8093",
        MODEL_GATEWAY_URL: "http://model-gateway:8094",
        REDIS_ADDRESS: "redis:6379",
        CHECKPOINT_FOLDER: "/checkpoints",
        WORKSPACE_FOLDER: "/workspaces",
        SESSION_HOURS_MAX: "24",
        CONSERVATIVE_MODE_AFTER_HOURS: "16",
        CHECKPOINT_EVERY_SECONDS: "300",
        ROLLBACK_WITHIN_SECONDS: "10",
        // Our reading: 20 % worse than the accepted baseline sets off a rollback.
        BASELINE_TOLERANCE_RATIO: "1.2",
        BACKUP_FOLDER: "/checkpoints/backups/postgres",
        ...telemetry,
        OTEL_SERVICE_NAME: "session-manager",
      },
      secrets: { ...database, ...redis, ...tokens },
      mounts: { "/checkpoints": "checkpoints", "/workspaces": "workspaces" },
    },
    "resource-guardian": {
      meets: ["AH-2", "AH-9"],
      title: "Resource guardian",
      description:
        "Watches memory, CPU, disk and processes of each session every 5 seconds, slows down or stops what passes its limit, " +
        "and cleans up: caches, left-over files, orphaned processes. One replica acts, the other stands by.",
      image: "ghcr.io/agenthive/resource-guardian:3.1.0",
      ports: { http: 8092, metrics: 9472 },
      metrics: { port: "metrics" },
      probes: answers,
      resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } },
      scaling: { replicas: 1 },
      dependsOn: ["spawn-manager", "redis"],
      egress: [collector],
      env: {
        SPAWN_MANAGER_URL: "http://spawn-manager:8093",
        REDIS_ADDRESS: "redis:6379",
        WORKSPACE_FOLDER: "/workspaces",
        CHECKPOINT_FOLDER: "/checkpoints",
        SWEEP_EVERY_SECONDS: "5",
        // Our reading, for each session; the requirement names the four resources and no number.
        SESSION_MEMORY_LIMIT_BYTES: "1073741824",
        SESSION_CPU_LIMIT_CORES: "1",
        SESSION_DISK_LIMIT_BYTES: "1073741824",
        SESSION_PROCESS_LIMIT: "64",
        ...telemetry,
        OTEL_SERVICE_NAME: "resource-guardian",
      },
      secrets: { ...redis, ...tokens },
      mounts: { "/workspaces": "workspaces", "/checkpoints": "checkpoints" },
    },
    "spawn-manager": {
      meets: ["AH-7", "AH-9", "AH-12"],
      title: "Spawn manager",
      description:
        "Starts agents as child processes, asks each for a sign of life, restarts those that give none, and collects every " +
        "process that ended. A fixed number of replicas: an autoscaler that takes one away would end the agents in it, so more " +
        "replicas are recommended by an alert and added by a person.",
      image: "ghcr.io/agenthive/spawn-manager:3.1.0",
      ports: { http: 8093, metrics: 9473 },
      metrics: { port: "metrics" },
      probes: { ...answers, liveness: { http: "/livez", port: "http", failures: 6 } },
      resources: { requests: { cpu: "750m", memory: "2Gi" }, limits: { memory: "3Gi" } },
      scaling: { replicas: 1 },
      dependsOn: ["model-gateway", "redis"],
      egress: [
        collector,
        {
          cidr: internet,
          port: 443,
          why: "Git hosting and package registries of the agents, whose addresses change",
        },
      ],
      env: {
        MODEL_GATEWAY_URL: "http://model-gateway:8094",
        REDIS_ADDRESS: "redis:6379",
        WORKSPACE_FOLDER: "/workspaces",
        SPAWN_ATTEMPTS: "3",
        // The n-th retry waits 2^n seconds.
        SPAWN_RETRY_BASE_SECONDS: "2",
        SPAWN_TIMEOUT_SECONDS: "30",
        TERMINATE_TIMEOUT_SECONDS: "10",
        RECOVERY_WITHIN_SECONDS: "5",
        HEARTBEAT_EVERY_SECONDS: "1",
        ...telemetry,
        OTEL_SERVICE_NAME: "spawn-manager",
      },
      secrets: { ...redis, ...tokens, GIT_TOKEN: { secret: "agenthive-git", key: "token" } },
      mounts: { "/workspaces": "workspaces" },
    },
    "model-gateway": {
      meets: ["AH-8", "AH-10"],
      title: "Model gateway",
      description:
        "The only way to the model providers, and the only holder of their keys: backs off on rate limits, queues calls by " +
        "priority, opens a breaker for each provider and falls back to the next model. Agents never see a key.",
      image: "ghcr.io/agenthive/model-gateway:3.1.0",
      ports: { http: 8094, metrics: 9474 },
      metrics: { port: "metrics" },
      probes: answers,
      resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } },
      scaling: { min: 1, max: 2, cpu: "70%" },
      dependsOn: ["redis"],
      egress: [collector, { cidr: internet, port: 443, why: "model providers, whose addresses change" }],
      env: {
        REDIS_ADDRESS: "redis:6379",
        PROVIDERS: "anthropic,openai",
        MODEL_QUEUE_LIMIT: "500",
        ...telemetry,
        OTEL_SERVICE_NAME: "model-gateway",
      },
      secrets: {
        ...redis,
        ...tokens,
        ANTHROPIC_API_KEY: { secret: "agenthive-model-providers", key: "anthropic-api-key" },
        OPENAI_API_KEY: { secret: "agenthive-model-providers", key: "openai-api-key" },
      },
    },
    "dashboard-web": {
      meets: ["AH-14"],
      title: "Dashboard web",
      description:
        "Serves the dashboard, a web page that can be installed on a phone and shows its last state without a network; passes " +
        "API calls on to the Hive API.",
      image: "ghcr.io/agenthive/dashboard-web:3.1.0",
      ports: { http: 8095, metrics: 9475 },
      metrics: { port: "metrics" },
      probes: answers,
      resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "128Mi" } },
      scaling: { replicas: 1 },
      dependsOn: ["hive-api"],
      public: ["http"],
      env: { HIVE_API_URL: "http://hive-api:8090", OTEL_SERVICE_NAME: "dashboard-web" },
    },
    postgres: {
      meets: ["AH-11"],
      title: "PostgreSQL",
      description:
        "Sessions, tasks, checkpoints' index, audit trail. One pod: a restart takes seconds, and the volume keeps the data.",
      // As much as an hour of work may be lost with the database, never a week's copies.
      backup: { schedule: "0 * * * *", keep: 168, to: "checkpoints", restoreTest: "30 3 * * *" },
      vacuum: { schedule: "30 4 * * 0" },
      image: "postgres:17.2",
      args: [
        "-c",
        "shared_buffers=256MB",
        "-c",
        "max_connections=200",
        "-c",
        "log_min_duration_statement=50",
      ],
      ports: { postgres: 5432 },
      probes: {
        // Recovery of the write-ahead log after a crash: five minutes before anything restarts it.
        startup: { tcp: "postgres", period: "5s", failures: 60 },
        readiness: { tcp: "postgres", period: "5s" },
        liveness: { tcp: "postgres", failures: 6 },
      },
      resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { memory: "2Gi" } },
      scaling: { replicas: 1 },
      env: {
        POSTGRES_DB: "agenthive",
        POSTGRES_USER: "agenthive",
        PGDATA: "/var/lib/postgresql/data/pgdata",
      },
      secrets: { POSTGRES_PASSWORD: { secret: "agenthive-database", key: "password" } },
      mounts: { "/var/lib/postgresql/data": "postgres-data" },
      // Parallel queries take more shared memory than the 64 MB that a container has otherwise.
      scratch: ["/tmp", "/var/run/postgresql", "/dev/shm"],
      // The user postgres of the image.
      user: 999,
    },
    redis: {
      meets: ["AH-8"],
      title: "Redis",
      description:
        "Queues of tasks and model calls, leases, agents' signs of life. One pod: a restart takes seconds, and its file keeps the data.",
      image: "redis:7.4.1",
      // Kubernetes fills in $(REDISCLI_AUTH), which is also the variable that redis-cli takes its password from.
      args: [
        ...[
          "--appendonly",
          "yes",
          "--dir",
          "/data",
          "--maxmemory",
          "192mb",
          "--maxmemory-policy",
          "noeviction",
        ],
        ...["--requirepass", "$(REDISCLI_AUTH)"],
      ],
      ports: { redis: 6379 },
      probes: { readiness: { tcp: "redis", period: "5s" }, liveness: { tcp: "redis" } },
      resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } },
      scaling: { replicas: 1 },
      secrets: { REDISCLI_AUTH: { secret: "agenthive-redis", key: "password" } },
      mounts: { "/data": "redis-data" },
      // The user redis of the image.
      user: 999,
    },
  },
);
