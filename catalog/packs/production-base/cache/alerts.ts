import { alertsOf } from "../entries.ts";
import { logs, pods, releases, restart, rollBack, rollBackBelow, type Step } from "../steps.ts";
import type { CacheTheme } from "../themes.ts";

/** SERVICE-cache-misses, SERVICE-cache-evicting and SERVICE-cache-cold. */
export function cacheAlerts({ hits = "50%", evictions = "10%", warmingSeconds = 300 }: CacheTheme) {
  return alertsOf((service) => ({
    // Half an hour with a thousand look-ups: longer than a cache that was emptied by a release takes to fill.
    "cache-misses": {
      meets: ["PM-1", "PM-4"],
      summary: `Less than ${hits} of the look-ups in cache {{ $labels.cache }} of ${service} are hits`,
      description: `Over half an hour layer {{ $labels.layer }} of cache {{ $labels.cache }} of ${service} had less than ${hits} of what it was asked for.`,
      severity: "warning",
      service,
      when: {
        kind: "event-ratio",
        part: { metric: "cache_requests_total", where: { result: "hit" } },
        whole: { metric: "cache_requests_total" },
        window: "30m",
        by: ["cache", "layer"],
        is: "<",
        value: hits,
        minimumEvents: 1000,
      },
      for: "15m",
      because: "after a restart the cache is cold, and by then it has filled itself again",
      cause: "cache",
      runbook: {
        meaning: "The cache costs more than it saves: most look-ups go on to the source behind it.",
        impact: "Answers are slower, and the source carries load that the cache was to keep away.",
        diagnosis: [
          hitRatio(service),
          {
            do: "See why entries leave.",
            query: `sum by (cache, layer, reason) (rate(cache_evictions_total{service="${service}"}[30m])) > 0`,
            good: "mostly expired: they live too short for how they are asked for",
            bad: "full: the cache is too small",
          },
          {
            do: "See whether something invalidates too much.",
            query: `sum by (cache, reason) (rate(cache_invalidations_total{service="${service}"}[30m])) > 0`,
            good: "few, on writes",
            bad: "as many as look-ups: invalidation is too broad",
          },
          pods(service),
          releases(service),
        ],
        mitigation: [
          rollBackBelow,
          {
            do: "If it is too small, enlarge it in the service's settings, as far as the pod's memory allows.",
          },
          { do: "If the source behind it suffers, shed load at the entrance until the cache is warm." },
        ],
        rollback: [rollBack(service)],
      },
    },
    // One eviction for ten look-ups, for 15 minutes: entries leave before they are of use.
    "cache-evicting": {
      meets: ["PM-1", "PM-4"],
      summary: `Cache {{ $labels.cache }} of ${service} is too small`,
      description: `Over half an hour layer {{ $labels.layer }} of cache {{ $labels.cache }} of ${service} dropped more than ${evictions} as many entries for lack of room as it was asked for.`,
      severity: "warning",
      service,
      when: {
        kind: "event-ratio",
        part: { metric: "cache_evictions_total", where: { reason: "full" } },
        whole: { metric: "cache_requests_total" },
        window: "30m",
        by: ["cache", "layer"],
        is: ">",
        value: evictions,
        minimumEvents: 1000,
      },
      for: "15m",
      because: "a wave of new keys pushes others out once; only a cache that is too small goes on",
      cause: "cache",
      runbook: {
        meaning: "New entries push out others that are still asked for.",
        impact: "The hit ratio falls, the source behind the cache gets the load.",
        diagnosis: [
          hitRatio(service),
          {
            do: "See what the cache holds.",
            query: `sum by (cache, layer) (cache_size_bytes{service="${service}"}) / (sum by (cache, layer) (cache_entries{service="${service}"}) > 0)`,
            good: "bytes for each entry as yesterday: there are more different ones",
            bad: "several times as many: entries have grown",
          },
          releases(service),
        ],
        mitigation: [
          { do: "Enlarge the cache in the service's settings, as far as the pod's memory allows." },
          rollBackBelow,
        ],
        rollback: [rollBack(service)],
      },
    },
    // The limit is the time that a rollout waits for a pod, by default five minutes: warming that takes longer holds it up.
    "cache-cold": {
      meets: ["PM-1", "PM-4"],
      summary: `Warming cache {{ $labels.cache }} of ${service} takes longer than ${warmingSeconds} s`,
      description: `The last warming of cache {{ $labels.cache }} of ${service} took, or takes by now, longer than ${warmingSeconds} seconds.`,
      severity: "warning",
      service,
      when: {
        kind: "threshold",
        metric: "cache_warming_duration_seconds",
        aggregate: "max",
        by: ["cache"],
        is: ">",
        value: warmingSeconds,
      },
      for: "1m",
      because:
        "a warming that took too long once is told by the next value; two scrapes in a row are no accident of one",
      cause: "cache",
      runbook: {
        meaning: "The cache is filled slowly: the source is slow, or there is more to load than thought.",
        impact: "New pods are late, or answer slowly until the cache is warm.",
        diagnosis: [
          {
            do: "See when each cache was warm last.",
            query: `time() - max by (cache, pod) (cache_warming_timestamp_seconds{service="${service}"})`,
            good: "seconds to minutes since the last start",
            bad: "hours while pods are new: warming does not end",
          },
          logs(service, "warm|cache"),
          releases(service),
        ],
        mitigation: [
          { do: "If the source is slow, follow its alert: warming is only where it shows." },
          { ...restart(service), do: "If warming hangs, restart the pods one after the other." },
          rollBackBelow,
        ],
        rollback: [rollBack(service)],
      },
    },
  }));
}

function hitRatio(service: string): Step {
  return {
    do: "See the hit ratio of each cache and layer.",
    query: `sum by (cache, layer) (rate(cache_requests_total{service="${service}",result="hit"}[5m])) / (sum by (cache, layer) (rate(cache_requests_total{service="${service}"}[5m])) > 0)`,
    good: "climbing: it is being filled",
    bad: "low in one cache: what uses it. Low in all: they were emptied, or the layer is down",
  };
}
