import { labelOf, metricsOf } from "../entries.ts";
import type { CacheTheme } from "../themes.ts";

/** Metrics of caches, each by cache and layer; OpenTelemetry has no convention. */
export function cacheMetrics(theme: CacheTheme) {
  const services = [...theme.services];
  const cache = labelOf(theme.names ?? { atMost: 10 });
  const layer = [...(theme.layers ?? ["memory", "redis"])];
  return metricsOf({
    cache_requests_total: {
      meets: ["PM-1"],
      type: "counter",
      class: "technical",
      help: "Look-ups in a layer of a cache: found (hit) or not (miss).",
      services,
      labels: { cache, layer, result: ["hit", "miss"] },
    },
    cache_entries: {
      meets: ["PM-1"],
      type: "gauge",
      class: "technical",
      help: "Entries in a layer of a cache.",
      services,
      labels: { cache, layer },
    },
    cache_size_bytes: {
      meets: ["PM-1"],
      type: "gauge",
      class: "technical",
      unit: "bytes",
      help: "Memory that the entries of a layer of a cache take, as far as it is known.",
      services,
      labels: { cache, layer },
    },
    cache_evictions_total: {
      meets: ["PM-1"],
      type: "counter",
      class: "technical",
      help: "Entries that a layer of a cache dropped by itself: because it was full, or because they had expired.",
      services,
      labels: { cache, layer, reason: ["full", "expired"] },
    },
    cache_invalidations_total: {
      meets: ["PM-1"],
      type: "counter",
      class: "technical",
      help: "Entries that were removed because they were no longer true, by what said so.",
      services,
      labels: { cache, layer, reason: ["write", "event", "dependency", "manual"] },
    },
    cache_warming_duration_seconds: {
      meets: ["PM-1"],
      type: "gauge",
      class: "technical",
      unit: "seconds",
      help: "Time that the last warming of a cache took; while one runs, the time so far.",
      services,
      labels: { cache },
    },
    cache_warming_timestamp_seconds: {
      meets: ["PM-1"],
      type: "gauge",
      class: "technical",
      unit: "seconds",
      help: "When the last warming of a cache ended, in seconds since 1970.",
      services,
      labels: { cache },
    },
  });
}
