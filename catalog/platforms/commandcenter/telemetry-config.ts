// Configuration of the OpenTelemetry collector and of the trace store, which both read it from an environment variable
// (--config=env:NAME). Passwords stay in Secrets: ${env:NAME} is filled in by the process itself.

const otlpTo = (endpoint: string) => ({ endpoint, tls: { insecure: true } });

const collector = {
  extensions: { health_check: { endpoint: "0.0.0.0:13133" } },
  receivers: {
    otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" }, http: { endpoint: "0.0.0.0:4318" } } },
    postgresql: {
      endpoint: "postgres:5432",
      databases: ["commandcenter"],
      username: "monitor",
      password: "${env:POSTGRES_MONITOR_PASSWORD}",
      collection_interval: "15s",
      tls: { insecure: true },
      metrics: { "postgresql.deadlocks": { enabled: true } },
    },
    redis: {
      endpoint: "redis:6379",
      password: "${env:REDIS_PASSWORD}",
      collection_interval: "15s",
      metrics: { "redis.maxmemory": { enabled: true } },
    },
  },
  connectors: {
    // Counts spans before anything is left out: shows whether each run has its span (CC-4).
    spanmetrics: {
      histogram: { disable: true },
      exclude_dimensions: ["span.name", "span.kind"],
      // One series for all pods of a service.
      resource_metrics_key_attributes: ["service.name"],
      dimensions: [{ name: "gen_ai.operation.name", default: "none" }],
      metrics_flush_interval: "15s",
    },
  },
  processors: {
    memory_limiter: { check_interval: "1s", limit_percentage: 80, spike_limit_percentage: 20 },
    batch: { timeout: "1s" },
    // Otherwise they become labels that the scrape sets itself.
    resource: {
      attributes: ["service.name", "service.instance.id"].map((key) => ({ key, action: "delete" })),
    },
  },
  exporters: {
    "otlp/traces": {
      ...otlpTo("trace-store:4317"),
      sending_queue: { queue_size: 5000 },
      retry_on_failure: { max_elapsed_time: "5m" },
    },
    prometheus: { endpoint: "0.0.0.0:8889" },
  },
  service: {
    extensions: ["health_check"],
    telemetry: {
      // Its own metrics go through its own metrics pipeline: one port for all.
      metrics: {
        readers: [
          {
            periodic: {
              interval: 15_000,
              exporter: { otlp: { protocol: "grpc", endpoint: "http://127.0.0.1:4317", insecure: true } },
            },
          },
        ],
      },
    },
    pipelines: {
      traces: {
        receivers: ["otlp"],
        processors: ["memory_limiter", "batch"],
        exporters: ["otlp/traces", "spanmetrics"],
      },
      metrics: {
        receivers: ["otlp", "postgresql", "redis", "spanmetrics"],
        processors: ["memory_limiter", "resource", "batch"],
        exporters: ["prometheus"],
      },
    },
  },
};

const traceStore = {
  extensions: {
    healthcheckv2: { use_v2: true, http: { endpoint: "0.0.0.0:13133" } },
    jaeger_query: { storage: { traces: "badger" }, http: { endpoint: "0.0.0.0:16686" } },
    jaeger_storage: {
      backends: {
        badger: {
          badger: {
            directories: { keys: "/traces/keys", values: "/traces/values" },
            ephemeral: false,
            ttl: { spans: "72h" },
          },
        },
      },
    },
  },
  receivers: { otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" } } } },
  processors: { batch: {} },
  exporters: { jaeger_storage_exporter: { trace_storage: "badger" } },
  service: {
    extensions: ["healthcheckv2", "jaeger_storage", "jaeger_query"],
    telemetry: {
      metrics: { readers: [{ pull: { exporter: { prometheus: { host: "0.0.0.0", port: 8888 } } } }] },
    },
    pipelines: {
      traces: { receivers: ["otlp"], processors: ["batch"], exporters: ["jaeger_storage_exporter"] },
    },
  },
};

/** JSON is YAML, which is what both read. */
export const collectorConfig = JSON.stringify(collector);
export const traceStoreConfig = JSON.stringify(traceStore);
