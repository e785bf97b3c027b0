import { alertsOf, metricsOf, ofEach, type Row } from "./entries.ts";
import { logs, releases, rollBack, rollBackBelow } from "./steps.ts";
import type { BusinessTheme } from "./themes.ts";

/** What was asked for and how it ended; few kinds, so that they can be understood at a glance. */
export function businessMetrics(theme: BusinessTheme) {
  const services = [...theme.services];
  const event = [...(theme.events ?? ["work"])];
  return metricsOf({
    business_requested_total: {
      meets: ["PM-3"],
      type: "counter",
      class: "business",
      help: "Things that somebody asked the platform for, by kind.",
      services,
      labels: { event },
    },
    business_events_total: {
      meets: ["PM-3"],
      type: "counter",
      class: "business",
      help: "Things that came to an end, by kind and outcome; who asked cancelled the cancelled ones.",
      services,
      labels: { event, outcome: ["success", "failure", "cancelled"] },
    },
    business_lead_time_seconds: {
      meets: ["PM-3"],
      type: "histogram",
      class: "business",
      unit: "seconds",
      help: "Time from the request of a thing to its end, by kind.",
      services,
      labels: { event },
      buckets: [...(theme.buckets ?? [1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400])],
    },
  });
}

/** SERVICE-work-failing. */
export function businessAlerts({ failing = "10%" }: BusinessTheme) {
  return alertsOf((service) => ({
    // Half an hour and 20 ends: business events are rare beside requests, and a single failure must say nothing.
    "work-failing": {
      meets: ["PM-3", "PM-4"],
      summary: `More than ${failing} of {{ $labels.event }} of ${service} fails`,
      description: `Over half an hour more than ${failing} of what was asked of ${service} ({{ $labels.event }}) ended in failure.`,
      severity: "warning",
      service,
      when: {
        kind: "event-ratio",
        part: { metric: "business_events_total", where: { outcome: "failure" } },
        whole: { metric: "business_events_total", where: { outcome: { not: "cancelled" } } },
        window: "30m",
        by: ["event"],
        is: ">",
        value: failing,
        minimumEvents: 20,
      },
      for: "5m",
      because:
        "one large batch that fails is one event for a person, not a state; by then it is outnumbered or it goes on",
      cause: "business",
      runbook: {
        meaning: "The platform runs, but does not do what people ask it for.",
        impact: "Those who asked do not get their result, and will ask again.",
        diagnosis: [
          {
            do: "See which kinds fail.",
            query: `sum by (event, outcome) (increase(business_events_total{service="${service}"}[30m]))`,
            good: "failures of one kind: what only that kind needs",
            bad: "failures of every kind: what all share",
          },
          {
            do: "See whether more is asked for than is done.",
            query: `sum by (event) (increase(business_requested_total{service="${service}"}[30m]))`,
            good: "about as many as ended",
            bad: "far more: work piles up, and fails when its time is over",
          },
          {
            do: "See which technical alert fires for the platform; it is likely the cause.",
            query: 'sum by (alertname, service) (ALERTS{alertstate="firing"})',
            good: "only this one",
            bad: "others: follow the critical one first",
          },
          logs(service, "fail|error"),
          releases(service),
        ],
        mitigation: [
          rollBackBelow,
          { do: "If a technical alert explains it, follow that runbook: this alert resolves with it." },
        ],
        rollback: [rollBack(service)],
      },
    },
  }));
}

/** What was asked for, what became of it, how long it took. */
export function businessRow({ services }: BusinessTheme): Row {
  return {
    title: "Business",
    panels: [
      {
        meets: ["PM-3"],
        title: "Asked for and done",
        description:
          "Per hour: what was asked for, and what came to its end by outcome. Both lines should run together.",
        type: "timeseries",
        unit: "per-hour",
        queries: [
          { expr: "sum by (event) (increase(business_requested_total[1h]))", legend: "{{event}} asked for" },
          {
            expr: "sum by (event, outcome) (increase(business_events_total[1h]))",
            legend: "{{event}} {{outcome}}",
          },
        ],
      },
      {
        meets: ["PM-3", "PM-4"],
        title: "Share that fails",
        description:
          "Share of what ended in the last half hour that failed; what was cancelled does not count.",
        type: "timeseries",
        unit: "percent",
        queries: [
          {
            expr:
              'sum by (service, event) (increase(business_events_total{outcome="failure"}[30m])) ' +
              '/ (sum by (service, event) (increase(business_events_total{outcome!="cancelled"}[30m])) > 0)',
            legend: "{{service}} {{event}}",
          },
        ],
        alerts: ofEach(services, "work-failing"),
      },
      {
        meets: ["PM-3"],
        title: "Lead time, 95th percentile",
        description: "Time from request to end: nineteen of twenty are done sooner.",
        type: "timeseries",
        unit: "seconds",
        queries: [
          {
            expr: "histogram_quantile(0.95, sum by (event, le) (rate(business_lead_time_seconds_bucket[1h])))",
            legend: "{{event}}",
          },
        ],
      },
    ],
  };
}
