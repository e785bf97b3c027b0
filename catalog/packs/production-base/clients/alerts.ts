import { alertsOf } from "../entries.ts";
import { logs, onePodMore, pods, releases, restart, rollBack, rollBackBelow, scaling } from "../steps.ts";
import type { HttpClientTheme, WebsocketTheme } from "../themes.ts";
import { failures } from "./metrics.ts";

/** SERVICE-calls-failing and SERVICE-calls-waiting. */
export function httpClientAlerts({ failing = "10%" }: HttpClientTheme) {
  return alertsOf((service) => ({
    // Five minutes after five: retries and breakers have had their chance. The share is by server, with 50 calls at least.
    "calls-failing": {
      meets: ["PM-4"],
      summary: `More than ${failing} of the calls of ${service} to {{ $labels.server_address }} fail`,
      description: `Over five minutes more than ${failing} of the HTTP calls of ${service} to {{ $labels.server_address }} failed.`,
      severity: "warning",
      service,
      when: {
        kind: "event-ratio",
        part: {
          metric: "http_client_request_duration_seconds",
          where: { error_type: failures },
        },
        whole: { metric: "http_client_request_duration_seconds" },
        window: "5m",
        by: ["server_address"],
        is: ">",
        value: failing,
        minimumEvents: 50,
      },
      for: "5m",
      because: "retries and the breaker carry the caller over an outage of a minute or two of what it calls",
      cause: "http-client",
      runbook: {
        meaning: `What ${service} calls does not answer, or answers with errors.`,
        impact: `What needs that server fails or waits; the rest of ${service} works.`,
        diagnosis: [
          {
            do: "See how calls fail, by server.",
            query: `sum by (server_address, error_type) (rate(http_client_request_duration_seconds_count{service="${service}",error_type!=""}[5m])) > 0`,
            good: "nothing: it is over",
            bad: "connection: down, or the network. timeout: slow. 500 and above: its own fault",
          },
          {
            do: "See how long calls take.",
            query: `histogram_quantile(0.95, sum by (server_address, le) (rate(http_client_request_duration_seconds_bucket{service="${service}"}[5m])))`,
            good: "as usual",
            bad: "near the time-out: that server is overloaded",
          },
          logs(service, "ECONNREFUSED|ETIMEDOUT|ENOTFOUND|upstream"),
          releases(service),
        ],
        mitigation: [
          { do: "If it is a service of ours, follow its alerts: this one resolves with them." },
          { do: "If it belongs to others, tell them, and switch to the fall-back where there is one." },
          rollBackBelow,
        ],
        rollback: [rollBack(service)],
      },
    },
    // More than five in five minutes, without waiting: each of them is a failed call.
    "calls-waiting": {
      meets: ["PM-1", "PM-4"],
      summary: `Calls of ${service} to {{ $labels.server_address }} give up waiting for a connection`,
      description: `All connections of ${service} to {{ $labels.server_address }} were in use, and more than five calls in five minutes gave up waiting.`,
      severity: "warning",
      service,
      when: {
        kind: "increase",
        metric: "http_client_connection_timeouts_total",
        window: "5m",
        by: ["server_address"],
        is: ">",
        value: 5,
      },
      cause: "http-client",
      runbook: {
        meaning: "The pool of connections to that server is used up.",
        impact: "Those calls failed, others are late.",
        diagnosis: [
          {
            do: "See whether connections are in use or leaked.",
            query: `sum by (pod, server_address, http_connection_state) (http_client_open_connections{service="${service}"})`,
            good: "some idle: it is over",
            bad: "all active while few calls are made: answers are not read to their end, and connections leak",
          },
          {
            do: "See how many calls wait.",
            query: `sum by (pod, server_address) (http_client_pending_requests{service="${service}"})`,
            good: "0",
            bad: "above 0 and climbing",
          },
          releases(service),
        ],
        mitigation: [
          { ...restart(service), do: "If connections leak, restart the pods; that frees them." },
          rollBackBelow,
          { do: "If the server is slow, follow its alert; a larger pool would only load it more." },
        ],
        rollback: [rollBack(service)],
      },
    },
  }));
}

/** SERVICE-ws-full and SERVICE-ws-timeouts. */
export function websocketAlerts({ full = "90%" }: WebsocketTheme) {
  return alertsOf((service) => ({
    // Ten minutes: after a restart all clients come back at once and spread out again.
    "ws-full": {
      meets: ["PM-1", "PM-4"],
      summary: `A pod of ${service} holds more than ${full} of the WebSocket connections it may`,
      description: `Pod {{ $labels.pod }} of ${service} has held more than ${full} of its WebSocket connections for ten minutes.`,
      severity: "warning",
      service,
      when: {
        kind: "gauge-ratio",
        part: { metric: "websocket_connections" },
        whole: { metric: "websocket_connections_max" },
        by: ["pod"],
        is: ">",
        value: full,
      },
      for: "10m",
      because: "clients that come back all at once after a rollout are spread again by then",
      cause: "websocket",
      runbook: {
        meaning: "The pod can soon take no more clients.",
        impact: "None yet. At the limit new clients are refused and see no live updates.",
        diagnosis: [
          {
            do: "See how connections spread over pods.",
            query: `sum by (pod, state) (websocket_connections{service="${service}"})`,
            good: "all pods alike: there are many clients",
            bad: "one pod has most: the others came later. Mostly idle: clients do not close",
          },
          scaling(service),
          pods(service),
        ],
        mitigation: [
          onePodMore(service),
          { ...restart(service), do: "If one pod has most, restart the pods; clients come back and spread." },
        ],
        rollback: [rollBack(service)],
      },
    },
    // A laptop that is closed times out too: fifty in five minutes are more than people going home.
    "ws-timeouts": {
      meets: ["PM-1", "PM-4"],
      summary: `WebSocket connections of ${service} time out`,
      description: `More than fifty WebSocket connections of ${service} timed out in five minutes ({{ $labels.phase }}).`,
      severity: "warning",
      service,
      when: {
        kind: "increase",
        metric: "websocket_timeouts_total",
        window: "5m",
        by: ["phase"],
        is: ">",
        value: 50,
      },
      for: "5m",
      because:
        "one rollout of the gateway cuts all connections at once, and their timeouts have left the window by then",
      cause: "websocket",
      runbook: {
        meaning:
          "handshake: the pod is too slow to open connections. heartbeat: open connections fall silent.",
        impact: "People lose live updates and connect again, which is load of its own.",
        diagnosis: [
          {
            do: "See whether connections wait to be opened.",
            query: `sum by (pod) (websocket_pending_handshakes{service="${service}"})`,
            good: "0 or a few",
            bad: "many in every pod: load. Many in one: that pod is blocked",
          },
          {
            do: "See whether all pods are concerned.",
            query: `sum by (pod, phase) (increase(websocket_timeouts_total{service="${service}"}[5m]))`,
            good: "one pod: restart it",
            bad: "all pods: the load balancer before them, or the network",
          },
          releases(service),
        ],
        mitigation: [restart(service), onePodMore(service), rollBackBelow],
        rollback: [rollBack(service)],
      },
    },
  }));
}
