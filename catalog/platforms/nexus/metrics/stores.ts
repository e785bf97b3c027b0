import { defineMetrics } from "fairlead";
import { services } from "../services.ts";

// Names of the two exporters, which are fixed; only what is asked for somewhere is declared.
/** System: how Redis and PostgreSQL see themselves. */
export const storeMetrics = defineMetrics(
  { services },
  {
    redis_up: {
      meets: ["NX-1"],
      type: "gauge",
      class: "system",
      help: "1 while Redis answers the exporter, 0 while it does not.",
      services: ["redis-exporter"],
    },
    redis_memory_used_bytes: {
      type: "gauge",
      class: "system",
      unit: "bytes",
      help: "Memory that Redis uses for data and overhead.",
      services: ["redis-exporter"],
    },
    redis_memory_max_bytes: {
      type: "gauge",
      class: "system",
      unit: "bytes",
      help: "Memory at which Redis refuses writes (maxmemory).",
      services: ["redis-exporter"],
    },
    redis_connected_clients: {
      type: "gauge",
      class: "system",
      help: "Connections of clients to Redis.",
      services: ["redis-exporter"],
    },
    redis_aof_last_write_status: {
      type: "gauge",
      class: "system",
      help: "1 while the last write to the append-only file succeeded, 0 after one that failed.",
      services: ["redis-exporter"],
    },
    pg_up: {
      meets: ["NX-1"],
      type: "gauge",
      class: "system",
      help: "1 while PostgreSQL answers the exporter, 0 while it does not.",
      services: ["postgres-exporter"],
    },
    pg_stat_activity_count: {
      type: "gauge",
      class: "system",
      help: "Connections to PostgreSQL, by database and state.",
      services: ["postgres-exporter"],
      labels: {
        datname: ["nexus", "postgres"],
        state: [
          "active",
          "idle",
          "idle in transaction",
          "idle in transaction (aborted)",
          "fastpath function call",
          "disabled",
        ],
        usename: { atMost: 6 },
        application_name: { atMost: 10 },
      },
    },
    pg_settings_max_connections: {
      type: "gauge",
      class: "system",
      help: "Connections that PostgreSQL allows in all.",
      services: ["postgres-exporter"],
    },
    pg_database_size_bytes: {
      meets: ["NX-10"],
      type: "gauge",
      class: "system",
      unit: "bytes",
      help: "Size of a database on disk.",
      services: ["postgres-exporter"],
      labels: { datname: ["nexus", "postgres", "template0", "template1"] },
    },
    pg_stat_user_tables_n_dead_tup: {
      meets: ["NX-8"],
      type: "gauge",
      class: "system",
      help: "Estimated rows of a table that are dead and wait for a vacuum.",
      services: ["postgres-exporter"],
      labels: { datname: ["nexus"], schemaname: ["public", "audit"], relname: { atMost: 40 } },
    },
  },
);
