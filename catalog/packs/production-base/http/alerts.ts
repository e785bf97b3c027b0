import { alertsOf } from "../entries.ts";
import { logs, onePodMore, pods, releases, restart, rollBack, rollBackBelow, scaling } from "../steps.ts";
import type { HttpTheme } from "../themes.ts";
import { serverErrorsOf } from "./metrics.ts";

/** SERVICE-http-errors and SERVICE-http-busy. */
export function httpAlerts(theme: HttpTheme) {
  const { errors = "5%", inFlight = 200 } = theme;
  return alertsOf((service) => ({
    // Five minutes twice over: an error burst while pods are replaced is shorter. With fewer than 100 requests the share says
    // little. It only tells: what wakes people is an SLO, which weighs the share against what was promised.
    "http-errors": {
      meets: ["PM-4"],
      summary: `More than ${errors} of the requests to ${service} fail`,
      description: `Over five minutes ${service} answered more than ${errors} of its requests with a server error, for five minutes.`,
      severity: "warning",
      service,
      when: {
        kind: "event-ratio",
        part: {
          metric: "http_server_request_duration_seconds",
          where: { http_response_status_code: serverErrorsOf(theme) },
        },
        whole: { metric: "http_server_request_duration_seconds" },
        window: "5m",
        is: ">",
        value: errors,
        minimumEvents: 100,
      },
      for: "5m",
      because:
        "the SLO's pages watch what users feel; this waits out the errors of a rollout, whose pods are exchanged within minutes",
      cause: "http",
      runbook: {
        meaning: `Too many requests to ${service} are answered with 500, 502, 503 or 504.`,
        impact: "Callers see errors. Those that try again add load.",
        diagnosis: [
          {
            do: "Find the routes and codes that fail.",
            query: `sum by (http_route, http_response_status_code) (rate(http_server_request_duration_seconds_count{service="${service}",http_response_status_code=~"5.."}[5m])) > 0`,
            good: "nothing: it is over",
            bad: "all routes: a pod, or what the service depends on. One route: a fault in its code",
          },
          {
            do: "See whether one pod stands out.",
            query: `sum by (pod) (rate(http_server_request_duration_seconds_count{service="${service}",http_response_status_code=~"5.."}[5m]))`,
            good: "all pods alike: it is not the pod",
            bad: "one pod has nearly all: delete that pod",
          },
          pods(service),
          logs(service, "error|exception|refused|timeout"),
          releases(service),
        ],
        mitigation: [
          rollBackBelow,
          restart(service),
          { do: "If what it depends on is down, follow that alert's runbook: this one resolves with it." },
        ],
        rollback: [rollBack(service)],
      },
    },
    // A burst fills and empties within a minute; five minutes of it are a backlog that does not drain.
    "http-busy": {
      meets: ["PM-4"],
      summary: `A pod of ${service} has more than ${inFlight} requests in flight`,
      description: `Pod {{ $labels.pod }} of ${service} has been answering more than ${inFlight} requests at once for five minutes.`,
      severity: "warning",
      service,
      when: {
        kind: "threshold",
        metric: "http_server_active_requests",
        aggregate: "sum",
        by: ["pod"],
        is: ">",
        value: inFlight,
      },
      for: "5m",
      because:
        "a wave of requests is worked off within a minute or two; what stands for longer does not drain",
      cause: "http",
      runbook: {
        meaning: "Requests come faster than they are answered, so that they pile up in the pod.",
        impact: "Answers get slower; soon callers give up, or the pod runs out of memory.",
        diagnosis: [
          {
            do: "See whether there is more load than usual.",
            query: `sum by (http_route) (rate(http_server_request_duration_seconds_count{service="${service}"}[5m]))`,
            good: "as yesterday at this time: answers have become slow",
            bad: "several times the usual rate: it is load",
          },
          {
            do: "Find the slow routes.",
            query: `histogram_quantile(0.95, sum by (http_route, le) (rate(http_server_request_duration_seconds_bucket{service="${service}"}[5m])))`,
            good: "all as usual: it is load",
            bad: "one route: what it calls. All routes: the pod, or the database",
          },
          scaling(service),
          releases(service),
        ],
        mitigation: [onePodMore(service), rollBackBelow, restart(service)],
        rollback: [rollBack(service)],
      },
    },
  }));
}
