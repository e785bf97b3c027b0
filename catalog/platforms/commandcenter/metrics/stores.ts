import { defineMetrics } from "fairlead";
import { services } from "../services.ts";

/** System: PostgreSQL and Redis, as the collector's receivers read them. */
export const storeMetrics = defineMetrics(
  { services },
  {
    postgresql_backends: {
      meets: ["CC-2"],
      type: "gauge",
      class: "system",
      help: "Connections that PostgreSQL serves.",
      services: ["otel-collector"],
    },
    postgresql_connection_max: {
      meets: ["CC-2"],
      type: "gauge",
      class: "system",
      help: "Connections that PostgreSQL may serve.",
      services: ["otel-collector"],
    },
    postgresql_db_size_bytes: {
      meets: ["CC-2"],
      type: "gauge",
      class: "system",
      unit: "bytes",
      help: "Size of the database on disk.",
      services: ["otel-collector"],
    },
    postgresql_commits_total: {
      meets: ["CC-2"],
      type: "counter",
      class: "system",
      help: "Transactions that were committed.",
      services: ["otel-collector"],
    },
    postgresql_rollbacks_total: {
      meets: ["CC-2"],
      type: "counter",
      class: "system",
      help: "Transactions that were rolled back.",
      services: ["otel-collector"],
    },
    postgresql_deadlocks_total: {
      type: "counter",
      class: "system",
      help: "Deadlocks, each of which ended one of the transactions in it.",
      services: ["otel-collector"],
    },
    redis_memory_used_bytes: {
      meets: ["CC-2"],
      type: "gauge",
      class: "system",
      unit: "bytes",
      help: "Memory that Redis uses for its data.",
      services: ["otel-collector"],
    },
    redis_maxmemory_bytes: {
      meets: ["CC-2"],
      type: "gauge",
      class: "system",
      unit: "bytes",
      help: "Memory that Redis may use for its data.",
      services: ["otel-collector"],
    },
    redis_clients_connected: {
      meets: ["CC-2"],
      type: "gauge",
      class: "system",
      help: "Connections that Redis serves.",
      services: ["otel-collector"],
    },
    redis_commands_processed_total: {
      meets: ["CC-2"],
      type: "counter",
      class: "system",
      help: "Commands that Redis carried out.",
      services: ["otel-collector"],
    },
    redis_keyspace_hits_total: {
      type: "counter",
      class: "system",
      help: "Look-ups of keys that were there.",
      services: ["otel-collector"],
    },
    redis_keyspace_misses_total: {
      type: "counter",
      class: "system",
      help: "Look-ups of keys that were not there.",
      services: ["otel-collector"],
    },
    redis_keys_evicted_total: {
      type: "counter",
      class: "system",
      help: "Keys that were thrown out because memory was full.",
      services: ["otel-collector"],
    },
  },
);
