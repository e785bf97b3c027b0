import { ofEach, type Row } from "../entries.ts";
import type { CacheTheme } from "../themes.ts";

/** Hits, content, what leaves, and warming, by cache and layer. */
export function cacheRow({ services, hits = "50%", warmingSeconds = 300 }: CacheTheme): Row {
  return {
    title: "Caches",
    panels: [
      {
        meets: ["PM-1", "PM-4"],
        title: "Hit ratio",
        description: `Share of the look-ups that found what they looked for, by cache and layer. Below ${hits} the team is told.`,
        type: "timeseries",
        unit: "percent",
        queries: [
          {
            expr:
              'sum by (service, cache, layer) (rate(cache_requests_total{result="hit"}[5m])) ' +
              "/ (sum by (service, cache, layer) (rate(cache_requests_total[5m])) > 0)",
            legend: "{{service}} {{cache}} {{layer}}",
          },
        ],
        alerts: ofEach(services, "cache-misses"),
      },
      {
        meets: ["PM-1"],
        title: "Entries",
        description: "Entries of each cache, by layer.",
        type: "timeseries",
        unit: "count",
        queries: [
          {
            expr: "sum by (service, cache, layer) (cache_entries)",
            legend: "{{service}} {{cache}} {{layer}}",
          },
        ],
      },
      {
        meets: ["PM-1"],
        title: "Size",
        description: "Memory that the entries take, by layer.",
        type: "timeseries",
        unit: "bytes",
        queries: [
          {
            expr: "sum by (service, cache, layer) (cache_size_bytes)",
            legend: "{{service}} {{cache}} {{layer}}",
          },
        ],
      },
      {
        meets: ["PM-1", "PM-4"],
        title: "Evictions",
        description: "Entries a second that a cache dropped. full: it is too small. expired: they were old.",
        type: "timeseries",
        unit: "per-second",
        queries: [
          {
            expr: "sum by (service, cache, layer, reason) (rate(cache_evictions_total[5m]))",
            legend: "{{service}} {{cache}} {{layer}} {{reason}}",
          },
        ],
        alerts: ofEach(services, "cache-evicting"),
        width: "quarter",
      },
      {
        meets: ["PM-1"],
        title: "Invalidations by reason",
        description: "Entries a second that were removed because they were no longer true.",
        type: "timeseries",
        unit: "per-second",
        queries: [
          {
            expr: "sum by (service, cache, reason) (rate(cache_invalidations_total[5m]))",
            legend: "{{service}} {{cache}} {{reason}}",
          },
        ],
        width: "quarter",
      },
      {
        meets: ["PM-1", "PM-4"],
        title: "Warming",
        description: `Time that the last warming took, the slowest pod. Above ${warmingSeconds} s the team is told.`,
        type: "timeseries",
        unit: "seconds",
        queries: [
          {
            expr: "max by (service, cache) (cache_warming_duration_seconds)",
            legend: "{{service}} {{cache}}",
          },
        ],
        thresholds: [{ value: warmingSeconds, color: "yellow" }],
        alerts: ofEach(services, "cache-cold"),
        width: "quarter",
      },
      {
        meets: ["PM-1"],
        title: "Time since the last warming",
        description: "Of the pod that was warmed longest ago. It falls when pods start.",
        type: "timeseries",
        unit: "seconds",
        queries: [
          {
            expr: "time() - min by (service, cache) (cache_warming_timestamp_seconds)",
            legend: "{{service}} {{cache}}",
          },
        ],
        width: "quarter",
      },
    ],
  };
}
