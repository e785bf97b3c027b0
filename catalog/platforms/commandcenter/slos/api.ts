import { defineSlos } from "fairlead";
import { serverErrors } from "../label-values.ts";
import { metrics } from "../metrics/index.ts";
import {
  breakers,
  databaseErrors,
  dependencies,
  hubctl,
  ifRelease,
  logs,
  podsOf,
  releasesOf,
  restart,
  rollBack,
} from "../runbook-steps.ts";
import { services } from "../services.ts";

export const apiSlos = defineSlos(
  { services, metrics },
  {
    "api-availability": {
      meets: ["CC-3"],
      title: "API answers",
      description:
        "Of a thousand requests to the API at most one is answered with a server error. A 429 is an answer: it says when to come back.",
      service: "api",
      objective: "99.9%",
      sli: {
        kind: "bad-events",
        bad: {
          metric: "http_server_request_duration_seconds",
          where: { http_response_status_code: serverErrors },
        },
        total: { metric: "http_server_request_duration_seconds" },
      },
      // A single error in an idle hour pages nobody.
      minimumEvents: 500,
      runbook: {
        meaning: "The API answers too many requests with 500, 502, 503 or 504.",
        impact:
          "People cannot start, watch or approve runs. Runs that need no approval go on; approvals may expire after a day.",
        diagnosis: [
          {
            do: "Find the routes and codes that fail.",
            query:
              'sum by (http_route, http_response_status_code) (rate(http_server_request_duration_seconds_count{http_response_status_code=~"5.."}[5m])) > 0',
            good: "nothing: it is over",
            bad: "503 everywhere: what it depends on. One route with 500: a fault in its code",
          },
          dependencies,
          breakers,
          {
            do: "Read the errors, and open one of their traces in the trace store.",
            command: logs("api", 'select(.level == "error") | {time, message, trace_id}'),
            bad: "the same message again and again",
          },
          podsOf("api"),
          releasesOf("api"),
        ],
        mitigation: [restart("api"), ifRelease],
        rollback: [rollBack("api")],
      },
    },
    "api-latency": {
      meets: ["CC-3"],
      title: "API is fast",
      description: "Of a hundred requests to the API at least ninety-nine are answered within 300 ms.",
      service: "api",
      objective: "99%",
      sli: {
        kind: "latency",
        metric: "http_server_request_duration_seconds",
        // Two routes stay open by design, and a quick error is not a good answer: availability counts those.
        where: {
          http_route: { not: ["/v1/runs/{id}/events", "/v1/workflows/{id}/run-and-wait"] },
          http_response_status_code: { not: serverErrors },
        },
        threshold: "300ms",
      },
      minimumEvents: 500,
      runbook: {
        meaning: "Too many requests to the API take longer than 300 ms.",
        impact:
          "Pages are slow, and systems that start runs run into their time-outs. Runs are not affected.",
        diagnosis: [
          {
            do: "Find the slow routes.",
            query:
              'histogram_quantile(0.99, sum by (http_route, le) (rate(http_server_request_duration_seconds_bucket{http_route!~".*/(events|run-and-wait)"}[5m])))',
            good: "all below 0.3",
            bad: "one route: its query. All routes: load, memory or the database",
          },
          {
            do: "See whether there is more load than usual.",
            query: "sum by (http_route) (rate(http_server_request_duration_seconds_count[5m]))",
            good: "about yesterday's rate on every route: not the load",
            bad: "several times yesterday's rate on one route: somebody's script; see who is limited on the System dashboard",
          },
          {
            do: "See whether PostgreSQL or Redis is slow.",
            query:
              'histogram_quantile(0.95, sum by (db_system_name, db_operation_name, le) (rate(db_client_operation_duration_seconds_bucket{service="api"}[5m])))',
            good: "below 0.05",
            bad: "above 0.1: the database is the cause",
          },
          {
            do: "See whether the pods are at their scaling limit.",
            command: "kubectl -n $NAMESPACE get hpa api",
            good: "fewer replicas than the maximum",
            bad: "replicas at the maximum and CPU above its target",
          },
          releasesOf("api"),
        ],
        mitigation: [
          {
            do: "If it is at its limit, allow more pods until the load falls.",
            command: `kubectl -n $NAMESPACE patch hpa api --patch '{"spec":{"maxReplicas":12}}'`,
            good: "new pods are ready within a minute",
          },
          {
            do: "If one user or project makes the load, lower its limit.",
            command: hubctl("limits set --project PROJECT --requests 10/s --for 1h"),
            good: "prints the limit and when it ends; 429s rise for that project only",
          },
          ifRelease,
        ],
        rollback: [
          rollBack("api"),
          {
            do: "A raised maximum goes back to the catalog's with the next deploy; tell the team, so that it is raised there too.",
          },
        ],
      },
    },
    "approval-notification": {
      meets: ["CC-3", "CC-9"],
      title: "People hear of an approval within 30 s",
      description:
        "Of a hundred notifications at least ninety-nine reach their channel within 30 seconds of the step's arrival at its approval.",
      service: "api",
      objective: "99%",
      // One that is given up counts with the five minutes after which it is.
      sli: {
        kind: "latency",
        metric: "commandcenter_approval_notification_duration_seconds",
        threshold: "30s",
      },
      minimumEvents: 20,
      runbook: {
        meaning: "Notifications of waiting approvals are late, or the channel does not take them.",
        impact:
          "Runs wait for people who do not know of it. After a day the approval expires and the run is cancelled.",
        diagnosis: [
          {
            do: "See which channel is late, and whether it fails.",
            query:
              "histogram_quantile(0.95, sum by (channel, outcome, le) (rate(commandcenter_approval_notification_duration_seconds_bucket[15m])))",
            good: "sent below 30, and nothing given up: it is over",
            bad: "given-up on one channel: its service or its webhook. Late on all: the notifications stream",
          },
          {
            do: "See whether notifications pile up before they are sent.",
            query: 'sum by (state) (commandcenter_stream_messages{stream="notifications"})',
            good: "near 0",
            bad: "hundreds: the API does not take them; look at its pods",
          },
          {
            do: "Read what the channel answered.",
            command: logs("api", 'select(.event == "notification-failed") | {time, channel, reason}'),
            bad: "401 or 404: the webhook was changed. timeout: the channel's service is down",
          },
          databaseErrors,
          podsOf("api"),
        ],
        mitigation: [
          {
            do: "List what waits, and tell the approvers by hand.",
            command: hubctl("approvals list --pending"),
            good: "prints step, risk level, who may approve, and since when",
          },
          {
            do: "If one channel is down, send everything by the other one.",
            command: hubctl("notifications use mail"),
            good: "prints channels=mail, and the waiting ones are sent within a minute",
          },
        ],
        rollback: [
          {
            do: "Use both channels again when the first one works.",
            command: hubctl("notifications use chat,mail"),
          },
          rollBack("api"),
        ],
      },
    },
  },
);
