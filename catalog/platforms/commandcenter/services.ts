import { defineServices } from "fairlead";
import { grafanaFiles } from "./grafana-files.ts";
import { collectorConfig, traceStoreConfig } from "./telemetry-config.ts";
import { volumes } from "./volumes.ts";

const internet = "0.0.0.0/0";
const traces = {
  OTEL_EXPORTER_OTLP_ENDPOINT: "http://otel-collector:4317",
  OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
  OTEL_TRACES_SAMPLER: "parentbased_always_on",
};
const hubSecrets = {
  DATABASE_URL: { secret: "commandcenter-database", key: "url" },
  NATS_TOKEN: { secret: "commandcenter-nats", key: "token" },
  REDIS_PASSWORD: { secret: "commandcenter-redis", key: "password" },
};

export const services = defineServices(
  { volumes },
  {
    api: {
      meets: ["CC-1", "CC-4", "CC-10", "CC-13"],
      title: "API",
      description:
        "HTTP API of people and other systems: workflows, runs, approvals. Checks every input against a schema, keeps to rate " +
        "limits and quotas, and takes Alertmanager's webhook. Reports what exists once for the platform: approvals, budgets, secrets.",
      image: "ghcr.io/commandcenter/api:2.6.0",
      ports: { http: 8080, metrics: 9464 },
      metrics: { port: "metrics" },
      probes: {
        readiness: { http: "/readyz", port: "http", period: "5s" },
        liveness: { http: "/livez", port: "http" },
      },
      resources: { requests: { cpu: "250m", memory: "256Mi" }, limits: { memory: "512Mi" } },
      scaling: { min: 1, max: 4, cpu: "70%" },
      dependsOn: ["nats", "postgres", "redis", "otel-collector"],
      public: ["http"],
      egress: [
        { cidr: internet, port: 443, why: "sign-in, and telling people of approvals by chat and mail" },
      ],
      env: {
        NATS_URL: "nats://nats:4222",
        REDIS_URL: "redis://redis:6379",
        APPROVAL_EXPIRES_AFTER_SECONDS: "86400",
        LOG_LEVEL: "info",
        OTEL_SERVICE_NAME: "api",
        ...traces,
      },
      secrets: {
        ...hubSecrets,
        SESSION_KEY: { secret: "commandcenter-api", key: "session-key" },
        ALERT_WEBHOOK_TOKEN: { secret: "commandcenter-alerting", key: "hub-webhook-token" },
        NOTIFICATION_WEBHOOK: { secret: "commandcenter-api", key: "notification-webhook" },
      },
    },
    orchestrator: {
      meets: ["CC-1", "CC-4", "CC-5", "CC-9", "CC-11", "CC-14"],
      title: "Orchestrator",
      description:
        "Leads each run through its DAG of steps, and starts agents as child processes in a sandbox of Landlock and seccomp, which " +
        "needs no privilege: own work folder, no network unless allowed, only the secrets it was given. Replicas share the runs; the " +
        "one with the scheduler's lease reports what exists once: runs by state, streams. Its image brings the command hubctl.",
      image: "ghcr.io/commandcenter/orchestrator:2.6.0",
      ports: { http: 8081, metrics: 9465 },
      metrics: { port: "metrics" },
      probes: {
        // Runs that were cut off are taken up again first.
        startup: { http: "/livez", port: "http", period: "5s", failures: 24 },
        readiness: { http: "/readyz", port: "http", period: "5s" },
        liveness: { http: "/livez", port: "http", failures: 6 },
      },
      // Agents run inside: ten of them at 128 MiB beside the orchestrator itself.
      resources: { requests: { cpu: "1000m", memory: "2Gi" }, limits: { memory: "4Gi" } },
      scaling: { replicas: 1 },
      dependsOn: ["nats", "postgres", "redis", "otel-collector"],
      egress: [{ cidr: internet, port: 443, why: "model providers, Git hosting and package registries" }],
      env: {
        NATS_URL: "nats://nats:4222",
        REDIS_URL: "redis://redis:6379",
        WORK_FOLDER: "/work",
        MAX_CONCURRENT_WORKFLOWS: "10",
        LOG_LEVEL: "info",
        OTEL_SERVICE_NAME: "orchestrator",
        ...traces,
      },
      secrets: {
        ...hubSecrets,
        MODEL_PROVIDER_API_KEY: { secret: "commandcenter-model-providers", key: "primary-api-key" },
        MODEL_BACKUP_API_KEY: { secret: "commandcenter-model-providers", key: "backup-api-key" },
        GIT_TOKEN: { secret: "commandcenter-git", key: "token" },
      },
      scratch: ["/tmp", "/work"],
    },
    nats: {
      meets: ["CC-1"],
      title: "NATS",
      description:
        "JetStream: hands runs, steps and notifications from the API to the orchestrator, once each.",
      image: "nats:2.11.8-alpine",
      // Kubernetes fills in $(NATS_TOKEN).
      args: ["--jetstream", "--store_dir", "/data", "--http_port", "8222", "--auth", "$(NATS_TOKEN)"],
      ports: { client: 4222, monitor: 8222 },
      probes: {
        // Ready when JetStream has its streams back; until then it is alive.
        readiness: { http: "/healthz", port: "monitor", period: "5s" },
        liveness: { tcp: "client" },
      },
      resources: { requests: { cpu: "200m", memory: "256Mi" }, limits: { memory: "512Mi" } },
      scaling: { replicas: 1 },
      secrets: { NATS_TOKEN: { secret: "commandcenter-nats", key: "token" } },
      mounts: { "/data": "nats-data" },
    },
    postgres: {
      meets: ["CC-1"],
      title: "PostgreSQL",
      description:
        "Workflows, runs, approvals, findings and the audit trail. One pod: a restart takes seconds.",
      image: "postgres:17.6",
      args: ["-c", "max_connections=200", "-c", "shared_buffers=256MB", "-c", "log_connections=on"],
      ports: { postgres: 5432 },
      probes: {
        // Recovery after a crash may take minutes.
        startup: { tcp: "postgres", period: "5s", failures: 60 },
        readiness: { tcp: "postgres", period: "5s" },
        liveness: { tcp: "postgres", failures: 6 },
      },
      resources: { requests: { cpu: "500m", memory: "512Mi" }, limits: { memory: "1Gi" } },
      scaling: { replicas: 1 },
      env: {
        POSTGRES_DB: "commandcenter",
        POSTGRES_USER: "commandcenter",
        // Not the volume's root, which may hold lost+found.
        PGDATA: "/var/lib/postgresql/data/pgdata",
      },
      secrets: { POSTGRES_PASSWORD: { secret: "commandcenter-database", key: "password" } },
      mounts: { "/var/lib/postgresql/data": "postgres-data" },
      scratch: ["/tmp", "/var/run/postgresql"],
      // The user postgres of the image.
      user: 999,
    },
    redis: {
      meets: ["CC-1", "CC-13"],
      title: "Redis",
      description:
        "Counters of rate limits and quotas, and sessions. Without it the API falls back to limits per pod.",
      image: "redis:7.4.5",
      args: [
        ...["--appendonly", "yes", "--dir", "/data"],
        ...[
          "--maxmemory",
          "384mb",
          "--maxmemory-policy",
          "volatile-ttl",
          "--requirepass",
          "$(REDISCLI_AUTH)",
        ],
      ],
      ports: { redis: 6379 },
      probes: { readiness: { tcp: "redis", period: "5s" }, liveness: { tcp: "redis" } },
      resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } },
      scaling: { replicas: 1 },
      secrets: { REDISCLI_AUTH: { secret: "commandcenter-redis", key: "password" } },
      mounts: { "/data": "redis-data" },
      // The user redis of the image.
      user: 999,
    },
    "otel-collector": {
      meets: ["CC-1", "CC-4"],
      title: "OpenTelemetry collector",
      description:
        "Takes spans and passes them on to the trace store; reads PostgreSQL and Redis and gives their metrics to Prometheus. One " +
        "pod: two would read both twice.",
      image: "otel/opentelemetry-collector-contrib:0.130.1",
      args: ["--config=env:COLLECTOR_CONFIG"],
      ports: { "otlp-grpc": 4317, "otlp-http": 4318, metrics: 8889, health: 13_133 },
      metrics: { port: "metrics" },
      probes: {
        readiness: { http: "/", port: "health", period: "5s" },
        liveness: { http: "/", port: "health" },
      },
      resources: { requests: { cpu: "200m", memory: "256Mi" }, limits: { memory: "512Mi" } },
      scaling: { replicas: 1 },
      dependsOn: ["trace-store", "postgres", "redis"],
      env: { COLLECTOR_CONFIG: collectorConfig },
      secrets: {
        POSTGRES_MONITOR_PASSWORD: { secret: "commandcenter-database", key: "monitor-password" },
        REDIS_PASSWORD: { secret: "commandcenter-redis", key: "password" },
      },
    },
    "trace-store": {
      meets: ["CC-1", "CC-4"],
      title: "Trace store",
      description: "Jaeger: keeps the spans of three days and shows them, by themselves and in Grafana.",
      image: "jaegertracing/jaeger:2.9.0",
      args: ["--config=env:JAEGER_CONFIG"],
      ports: { "otlp-grpc": 4317, query: 16_686, metrics: 8888, health: 13_133 },
      metrics: { port: "metrics" },
      probes: {
        readiness: { http: "/status", port: "health", period: "5s" },
        liveness: { http: "/status", port: "health", failures: 6 },
      },
      resources: { requests: { cpu: "200m", memory: "512Mi" }, limits: { memory: "1Gi" } },
      scaling: { replicas: 1 },
      env: { JAEGER_CONFIG: traceStoreConfig },
      mounts: { "/traces": "trace-data" },
    },
    prometheus: {
      meets: ["CC-1", "CC-3"],
      title: "Prometheus",
      description: "Reads the metrics of all services and evaluates the rules; its volume holds 35 days.",
      image: "prom/prometheus:v3.5.0",
      args: [
        "--config.file=/etc/prometheus/prometheus.yaml",
        // A deploy that changes rules needs no restart.
        "--enable-feature=auto-reload-config",
        "--storage.tsdb.path=/prometheus",
        "--storage.tsdb.retention.time=35d",
        "--storage.tsdb.retention.size=4500MB",
      ],
      ports: { http: 9090 },
      metrics: { port: "http" },
      probes: {
        // After a crash it first reads its write-ahead log.
        startup: { http: "/-/healthy", port: "http", period: "5s", failures: 60 },
        readiness: { http: "/-/ready", port: "http", period: "5s" },
        liveness: { http: "/-/healthy", port: "http" },
      },
      resources: { requests: { cpu: "300m", memory: "1Gi" }, limits: { memory: "2Gi" } },
      scaling: { replicas: 1 },
      dependsOn: ["alertmanager"],
      // For the links of alerts and runbooks; the ingress asks who it is.
      public: ["http"],
      scrapes: true,
      egress: [443, 6443].map((port) => ({
        cidr: internet,
        port,
        why: "the Kubernetes API, which says which pods there are",
      })),
      mounts: { "/prometheus": "metric-data" },
      files: {
        "/etc/prometheus": { configMap: "prometheus-config" },
        "/etc/prometheus/rules": { configMap: "prometheus-rules" },
      },
      // The user nobody of the image.
      user: 65_534,
    },
    alertmanager: {
      meets: ["CC-1", "CC-3"],
      title: "Alertmanager",
      description: "Groups, silences and inhibits alerts, and tells the webhook of whoever is on call.",
      image: "prom/alertmanager:v0.28.1",
      args: [
        "--config.file=/etc/alertmanager/alertmanager.yaml",
        "--storage.path=/alertmanager",
        // One pod needs no gossip.
        "--cluster.listen-address=",
      ],
      ports: { http: 9093 },
      metrics: { port: "http" },
      probes: {
        readiness: { http: "/-/ready", port: "http", period: "5s" },
        liveness: { http: "/-/healthy", port: "http" },
      },
      resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "128Mi" } },
      scaling: { replicas: 1 },
      dependsOn: ["api"],
      public: ["http"],
      egress: [{ cidr: internet, port: 443, why: "webhook of the on-call service, and Slack" }],
      mounts: { "/alertmanager": "alertmanager-data" },
      files: {
        "/etc/alertmanager": { configMap: "alertmanager-config" },
        "/etc/alertmanager/secrets/commandcenter-alerting": { secret: "commandcenter-alerting" },
      },
      user: 65_534,
    },
    grafana: {
      meets: ["CC-1", "CC-2"],
      title: "Grafana",
      description:
        "Shows the dashboards; everything in it is provisioned, so that it keeps nothing of its own.",
      image: "grafana/grafana:12.1.1",
      ports: { http: 3000 },
      metrics: { port: "http" },
      probes: {
        readiness: { http: "/api/health", port: "http", period: "5s" },
        liveness: { http: "/api/health", port: "http", failures: 6 },
      },
      resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } },
      scaling: { replicas: 1 },
      dependsOn: ["prometheus", "trace-store"],
      public: ["http"],
      env: {
        GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
        GF_ANALYTICS_REPORTING_ENABLED: "false",
        GF_AUTH_ANONYMOUS_ENABLED: "false",
        GF_LOG_MODE: "console",
        GF_PLUGINS_PREINSTALL_DISABLED: "true",
        GF_USERS_ALLOW_SIGN_UP: "false",
      },
      secrets: {
        GF_SECURITY_ADMIN_PASSWORD: { secret: "commandcenter-grafana", key: "admin-password" },
        GF_SECURITY_SECRET_KEY: { secret: "commandcenter-grafana", key: "secret-key" },
      },
      files: grafanaFiles,
      scratch: ["/tmp", "/var/lib/grafana"],
      // The user grafana of the image.
      user: 472,
    },
  },
);
