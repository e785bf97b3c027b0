import { alertsOf, labelOf, metricsOf, ofEach, type Row } from "./entries.ts";
import { logs, releases, rollBack, rollBackBelow } from "./steps.ts";
import type { UserTheme } from "./themes.ts";

/** What people do and see; never who they are. */
export function userMetrics(theme: UserTheme) {
  const services = [...theme.services];
  const feature = labelOf(theme.features ?? { atMost: 30 });
  return metricsOf({
    user_sessions: {
      meets: ["PM-3"],
      type: "gauge",
      class: "user",
      help: "Sessions in which somebody did something in the last five minutes.",
      services,
    },
    user_sessions_started_total: {
      meets: ["PM-3"],
      type: "counter",
      class: "user",
      help: "Sessions that began.",
      services,
    },
    user_feature_uses_total: {
      meets: ["PM-3"],
      type: "counter",
      class: "user",
      help: "Uses of a feature, successful or not.",
      services,
      labels: { feature },
    },
    user_visible_errors_total: {
      meets: ["PM-3"],
      type: "counter",
      class: "user",
      help: "Errors that a person was shown, by feature; a mistake of the person's own, such as a wrong input, is none.",
      services,
      labels: { feature },
    },
    user_page_load_duration_seconds: {
      meets: ["PM-3"],
      type: "histogram",
      class: "user",
      unit: "seconds",
      help: "Time until a page's largest content was shown, as browsers report it (largest contentful paint).",
      services,
      labels: { page: labelOf(theme.pages ?? { atMost: 30 }) },
      // 2.5 s is good and above 4 s is poor by the Web Vitals' reckoning.
      buckets: [0.1, 0.25, 0.5, 1, 2.5, 4, 10],
    },
  });
}

/** SERVICE-user-errors. */
export function userAlerts({ errors = "5%" }: UserTheme) {
  return alertsOf((service) => ({
    // A quarter of an hour and 50 uses: one person who tries the same broken thing ten times is not yet everybody.
    "user-errors": {
      meets: ["PM-3", "PM-4"],
      summary: `People see errors in {{ $labels.feature }} of ${service}`,
      description: `Over fifteen minutes more than ${errors} of the uses of {{ $labels.feature }} in ${service} showed an error.`,
      severity: "warning",
      service,
      when: {
        kind: "event-ratio",
        part: { metric: "user_visible_errors_total" },
        whole: { metric: "user_feature_uses_total" },
        window: "15m",
        by: ["feature"],
        is: ">",
        value: errors,
        minimumEvents: 50,
      },
      for: "5m",
      because:
        "a broken page that is mended by the next deploy, and one user who tries again and again, are over by then",
      cause: "user-errors",
      runbook: {
        meaning:
          "A feature does not work for some of the people who use it, whatever the technical numbers say.",
        impact: "People cannot do what they came for, and lose trust.",
        diagnosis: [
          {
            do: "See which features show errors.",
            query: `sum by (feature) (increase(user_visible_errors_total{service="${service}"}[15m])) > 0`,
            good: "nothing: it is over",
            bad: "one feature: its code or what it calls. All: the page, or the way to the service",
          },
          {
            do: "See whether it is everybody.",
            query: `sum by (feature) (increase(user_visible_errors_total{service="${service}"}[15m])) / (sum by (feature) (increase(user_feature_uses_total{service="${service}"}[15m])) > 0)`,
            good: "a few percent: some kinds of input, some browsers",
            bad: "near 1: it is broken for all",
          },
          logs(service, "error|exception"),
          releases(service),
        ],
        mitigation: [
          rollBackBelow,
          { do: "If only one feature is broken, switch it off by its flag, and say so in the page." },
        ],
        rollback: [rollBack(service)],
      },
    },
  }));
}

/** Sessions, features, errors, page loads. */
export function userRow({ services, errors = "5%" }: UserTheme): Row {
  return {
    title: "Users",
    panels: [
      {
        meets: ["PM-3"],
        title: "Sessions",
        description: "Sessions that are active now, and those that began in the last hour.",
        type: "timeseries",
        unit: "count",
        queries: [
          { expr: "sum(user_sessions)", legend: "active" },
          { expr: "sum(increase(user_sessions_started_total[1h]))", legend: "began" },
        ],
        width: "quarter",
      },
      {
        meets: ["PM-3"],
        title: "Use of features",
        description: "Uses an hour, by feature. One that falls to 0 is broken or not found any more.",
        type: "timeseries",
        unit: "per-hour",
        queries: [
          { expr: "sum by (feature) (increase(user_feature_uses_total[1h]))", legend: "{{feature}}" },
        ],
        width: "quarter",
      },
      {
        meets: ["PM-3", "PM-4"],
        title: "Uses that show an error",
        description: `Share of the uses that showed the person an error. Above ${errors} the team is told.`,
        type: "timeseries",
        unit: "percent",
        queries: [
          {
            expr:
              "sum by (service, feature) (increase(user_visible_errors_total[15m])) " +
              "/ (sum by (service, feature) (increase(user_feature_uses_total[15m])) > 0)",
            legend: "{{service}} {{feature}}",
          },
        ],
        alerts: ofEach(services, "user-errors"),
        width: "quarter",
      },
      {
        meets: ["PM-3"],
        title: "Page load, 75th percentile",
        description: "Time until a page's largest content is shown. Good up to 2.5 s, poor above 4 s.",
        type: "timeseries",
        unit: "seconds",
        queries: [
          {
            expr: "histogram_quantile(0.75, sum by (page, le) (rate(user_page_load_duration_seconds_bucket[1h])))",
            legend: "{{page}}",
          },
        ],
        thresholds: [
          { value: 2.5, color: "yellow" },
          { value: 4, color: "red" },
        ],
        width: "quarter",
      },
    ],
  };
}
