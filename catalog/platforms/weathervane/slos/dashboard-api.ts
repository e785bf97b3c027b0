import { defineSlos } from "fairlead";
import { serverErrors } from "../label-values.ts";
import { metrics } from "../metrics/index.ts";
import { logs, podsOf, releasesOf, rollBack } from "../runbook-steps.ts";
import { services } from "../services.ts";

const requestsByRoute =
  'sum by (http_route) (rate(http_server_request_duration_seconds_count{service="dashboard-api"}[5m]))';

export const dashboardApiSlos = defineSlos(
  { services, metrics },
  {
    "dashboard-api-availability": {
      title: "Dashboard API answers",
      description: "Of a thousand requests to the dashboard API at most one is answered with a server error.",
      service: "dashboard-api",
      objective: "99.9%",
      sli: {
        kind: "bad-events",
        bad: {
          metric: "http_server_request_duration_seconds",
          where: { http_response_status_code: serverErrors },
        },
        total: { metric: "http_server_request_duration_seconds" },
      },
      // One open dashboard makes 720 requests an hour: with 500, a single error in an idle hour pages nobody.
      minimumEvents: 500,
      runbook: {
        meaning: "The dashboard API answers too many requests with 500, 502, 503 or 504.",
        impact: "People cannot see or create tasks and cannot stop one. Tasks that run are not affected.",
        diagnosis: [
          {
            do: "Find the routes and codes that fail.",
            query:
              'sum by (http_route, http_response_status_code) (rate(http_server_request_duration_seconds_count{service="dashboard-api",http_response_status_code=~"5.."}[5m])) > 0',
            good: "nothing: it is over",
            bad: "all routes: a pod or the database. One route: a fault in its code. 504 under /api/mode or /actions: the autopilot",
          },
          podsOf("dashboard-api"),
          {
            do: "See whether the database answers.",
            query:
              'sum by (error_type) (rate(db_client_operation_duration_seconds_count{service="dashboard-api",error_type!=""}[5m]))',
            good: "nothing, or 0",
            bad: "timeout or connection: the database is down or its connections are used up",
          },
          {
            do: "Read the errors.",
            command: logs("dashboard-api", 'select(.level == "error") | {time, message, trace_id}'),
            bad: "the same message again and again: it names the part to look at",
          },
          releasesOf("dashboard-api"),
        ],
        mitigation: [
          {
            do: "Restart the pods, one after the other, if they hang.",
            command: "kubectl -n $NAMESPACE rollout restart deployment/dashboard-api",
            good: "errors stop within two minutes",
          },
          { do: "If the trouble began with a release, roll it back as shown below." },
          { do: "If the database is down, call its owner; the API recovers by itself once it answers." },
        ],
        rollback: [rollBack("dashboard-api")],
      },
    },
    "dashboard-api-latency": {
      title: "Dashboard API is fast",
      description:
        "Of a hundred requests to the dashboard API at least ninety-nine are answered within 300 ms.",
      service: "dashboard-api",
      objective: "99%",
      sli: {
        kind: "latency",
        metric: "http_server_request_duration_seconds",
        // The event stream stays open by design, and a quick error is not a good answer: availability counts those.
        where: { http_route: { not: "/api/stream" }, http_response_status_code: { not: serverErrors } },
        threshold: "300ms",
      },
      minimumEvents: 500,
      runbook: {
        meaning: "Too many requests to the dashboard API take longer than 300 ms.",
        impact:
          "The dashboard feels slow, and during an incident people see an old state. Tasks that run are not affected.",
        diagnosis: [
          {
            do: "Find the slow routes.",
            query:
              'histogram_quantile(0.99, sum by (http_route, le) (rate(http_server_request_duration_seconds_bucket{service="dashboard-api",http_route!="/api/stream"}[5m])))',
            good: "all below 0.3",
            bad: "one route: its query or the evidence it reads. All routes: load, memory or the database",
          },
          {
            do: "See whether there is more load than usual.",
            query: requestsByRoute,
            good: "about as much as at this hour of other days: not the load",
            bad: "several times the usual rate",
          },
          {
            do: "See whether the database is slow.",
            query:
              'histogram_quantile(0.95, sum by (db_operation_name, le) (rate(db_client_operation_duration_seconds_bucket{service="dashboard-api"}[5m])))',
            good: "below 0.05",
            bad: "above 0.1: the database is the cause",
          },
          {
            do: "See whether the pods are at their scaling limit.",
            command: "kubectl -n $NAMESPACE get hpa dashboard-api",
            good: "fewer replicas than the maximum",
            bad: "replicas at the maximum and CPU above its target",
          },
          releasesOf("dashboard-api"),
        ],
        mitigation: [
          {
            do: "If it is at its limit, allow more pods until the load falls.",
            command: `kubectl -n $NAMESPACE patch hpa dashboard-api --patch '{"spec":{"maxReplicas":16}}'`,
            good: "new pods are ready within a minute",
          },
          { do: "If the trouble began with a release, roll it back as shown below." },
        ],
        rollback: [
          rollBack("dashboard-api"),
          {
            do: "A raised maximum goes back to the catalog's with the next deploy; tell the team, so that it is raised there too.",
          },
        ],
      },
    },
  },
);
