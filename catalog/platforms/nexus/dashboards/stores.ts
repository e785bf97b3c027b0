import { defineDashboards } from "fairlead";
import { known, redThenGreen } from "./known.ts";

export const stores = defineDashboards(known, {
  stores: {
    meets: ["NX-1"],
    title: "Stores",
    description:
      "Redis and PostgreSQL as they see themselves: whether they answer, how full they are, and what waits in them.",
    tags: ["nexus", "NX-1"],
    rows: [
      {
        title: "Redis and PostgreSQL",
        panels: [
          {
            meets: ["NX-1"],
            title: "Do they answer",
            description: "1 while they answer their exporters; no line: the exporter itself is down.",
            type: "timeseries",
            unit: "on-off",
            queries: [
              { expr: "max(redis_up)", legend: "Redis" },
              { expr: "max(pg_up)", legend: "PostgreSQL" },
              { expr: "max(nexus_redis_reachable)", legend: "Redis, as the services see it" },
            ],
            thresholds: redThenGreen(1),
            alerts: [
              "redis-unreachable",
              "postgres-down",
              "postgres-metrics-missing",
              "redis-metrics-missing",
            ],
            width: "third",
          },
          {
            meets: ["NX-4"],
            title: "Redis: memory",
            description: "Share of the memory that Redis may use. At 100 % it refuses writes.",
            type: "gauge",
            unit: "percent",
            queries: [
              {
                expr: "max(redis_memory_used_bytes) / (max(redis_memory_max_bytes) > 0)",
                legend: "used",
              },
            ],
            thresholds: [
              { value: 0.85, color: "yellow" },
              { value: 0.95, color: "red" },
            ],
            alerts: ["redis-memory-high"],
            width: "third",
          },
          {
            title: "Redis: writing and clients",
            description:
              "Whether the last write to the file succeeded (1), and how many clients are connected.",
            type: "timeseries",
            unit: "count",
            queries: [
              { expr: "min(redis_aof_last_write_status)", legend: "last write" },
              { expr: "max(redis_connected_clients)", legend: "clients" },
            ],
            alerts: ["redis-not-persisting"],
            width: "third",
          },
          {
            title: "PostgreSQL: connections",
            description: "By state, and how many are allowed. Above 80 % of them the team is told.",
            type: "timeseries",
            unit: "count",
            queries: [
              { expr: "sum by (state) (pg_stat_activity_count)", legend: "{{state}}" },
              { expr: "max(pg_settings_max_connections)", legend: "allowed" },
            ],
            alerts: ["postgres-connections-high"],
            width: "third",
          },
          {
            meets: ["NX-10"],
            title: "PostgreSQL: room",
            description: "Size of the databases now and in 4 days, and the room of their volume.",
            type: "timeseries",
            unit: "bytes",
            queries: [
              { expr: "sum(pg_database_size_bytes)", legend: "now" },
              { expr: "predict_linear(sum(pg_database_size_bytes)[1d:24m], 345600)", legend: "in 4 days" },
              { expr: "max(nexus_database_limit_bytes)", legend: "room" },
            ],
            alerts: ["database-full-soon"],
            width: "third",
          },
          {
            meets: ["NX-8"],
            title: "PostgreSQL: dead rows",
            description: "The five tables with most rows that wait for a vacuum.",
            type: "timeseries",
            unit: "count",
            queries: [
              {
                expr: "topk(5, max by (relname) (pg_stat_user_tables_n_dead_tup))",
                legend: "{{relname}}",
              },
            ],
            width: "third",
          },
        ],
      },
    ],
  },
});
