import type { SloInput } from "../../../slo.ts";
import type { Percent } from "../../../units.ts";
import { logs, onePodMore, pods, releases, restart, rollBack, rollBackBelow, scaling } from "../steps.ts";
import type { HttpTheme, SloTheme } from "../themes.ts";
import { serverErrorsOf } from "./metrics.ts";

const metric = "http_server_request_duration_seconds";

/** SERVICE-availability and SERVICE-latency, as far as they were asked for. */
export function httpSlos(theme: SloTheme, http: HttpTheme | undefined): Record<string, SloInput> {
  const { services, availability, latency, minimumEvents = 500 } = theme;
  const failed = serverErrorsOf(http);
  const named = new Map<string, SloInput>();
  for (const service of services) {
    if (availability !== undefined)
      named.set(`${service}-availability`, { ...answers(service, availability, failed), minimumEvents });
    if (latency !== undefined)
      named.set(`${service}-latency`, { ...isFast(service, latency, failed), minimumEvents });
  }
  return Object.fromEntries(named);
}

function answers(service: string, objective: Percent, failed: string[]): SloInput {
  return {
    meets: ["PM-4"],
    title: `${service} answers`,
    description: `${objective} of the requests to ${service} are not answered with a server error.`,
    service,
    objective,
    sli: {
      kind: "bad-events",
      bad: { metric, where: { http_response_status_code: failed } },
      total: { metric },
    },
    runbook: {
      meaning: `${service} answers too many requests with 500, 502, 503 or 504.`,
      impact: "Callers see errors, and what they wanted is not done.",
      diagnosis: [
        {
          do: "Find the routes and codes that fail.",
          query: `sum by (http_route, http_response_status_code) (rate(${metric}_count{service="${service}",http_response_status_code=~"5.."}[5m])) > 0`,
          good: "nothing: it is over",
          bad: "all routes: a pod, or what the service depends on. One route: a fault in its code",
        },
        pods(service),
        logs(service, "error|exception|refused|timeout"),
        releases(service),
      ],
      mitigation: [rollBackBelow, restart(service)],
      rollback: [rollBack(service)],
    },
  };
}

type Latency = NonNullable<SloTheme["latency"]>;

function isFast(service: string, { objective, within }: Latency, failed: string[]): SloInput {
  return {
    meets: ["PM-4"],
    title: `${service} is fast`,
    description: `${objective} of the requests to ${service} are answered within ${within}.`,
    service,
    objective,
    // A quick error is not a good answer, and a slow one counts already against availability.
    sli: {
      kind: "latency",
      metric,
      where: { http_response_status_code: { not: failed } },
      threshold: within,
    },
    runbook: {
      meaning: `Too many requests to ${service} take longer than ${within}.`,
      impact: "Callers wait; those with a time-out of their own give up.",
      diagnosis: [
        {
          do: "Find the slow routes.",
          query: `histogram_quantile(0.99, sum by (http_route, le) (rate(${metric}_bucket{service="${service}"}[5m])))`,
          good: `all below ${within}: it is over`,
          bad: "one route: what it calls. All routes: load, the pod, or the database",
        },
        {
          do: "See whether there is more load than usual.",
          query: `sum by (http_route) (rate(${metric}_count{service="${service}"}[5m]))`,
          good: "as yesterday at this time: answers have become slow",
          bad: "several times the usual rate: it is load",
        },
        scaling(service),
        releases(service),
      ],
      mitigation: [onePodMore(service), rollBackBelow],
      rollback: [rollBack(service)],
    },
  };
}
