import { httpBuckets, labelOf, metricsOf, waitBuckets } from "../entries.ts";
import type { HttpClientTheme, WebsocketTheme } from "../themes.ts";

// OpenTelemetry's error.type of a call: the status code as a string, or why there was none.
const refusals = ["400", "401", "403", "404", "409", "422", "429"];
/** Errors of a call that are not the caller's: what the other side refuses with 4xx is an answer. */
export const failures = ["500", "502", "503", "504", "timeout", "connection", "_OTHER"];

/** OpenTelemetry's HTTP client metrics; of the pool its conventions know only open connections. */
export function httpClientMetrics(theme: HttpClientTheme) {
  const services = [...theme.services];
  const server_address = labelOf(theme.servers ?? { atMost: 20 });
  return metricsOf({
    http_client_request_duration_seconds: {
      meets: ["PM-1"],
      type: "histogram",
      class: "technical",
      unit: "seconds",
      help: "Duration of HTTP client requests; error_type is empty for those that succeeded.",
      services,
      labels: { server_address, error_type: ["", ...refusals, ...failures] },
      buckets: [...(theme.buckets ?? httpBuckets)],
    },
    http_client_open_connections: {
      meets: ["PM-1"],
      type: "gauge",
      class: "technical",
      help: "Open connections of the HTTP client's pool, by state.",
      services,
      labels: { server_address, http_connection_state: ["active", "idle"] },
    },
    http_client_connection_max: {
      meets: ["PM-1"],
      type: "gauge",
      class: "technical",
      help: "Connections that the HTTP client's pool may open to one server.",
      services,
      labels: { server_address },
    },
    http_client_pending_requests: {
      meets: ["PM-1"],
      type: "gauge",
      class: "technical",
      help: "HTTP client requests that wait for a connection now.",
      services,
      labels: { server_address },
    },
    http_client_connection_wait_time_seconds: {
      meets: ["PM-1"],
      type: "histogram",
      class: "technical",
      unit: "seconds",
      help: "Time that an HTTP client request waited for a connection.",
      services,
      labels: { server_address },
      buckets: waitBuckets,
    },
    http_client_connection_timeouts_total: {
      meets: ["PM-1"],
      type: "counter",
      class: "technical",
      help: "HTTP client requests that gave up waiting for a connection.",
      services,
      labels: { server_address },
    },
  });
}

/** WebSocket connections; OpenTelemetry has no convention. */
export function websocketMetrics(theme: WebsocketTheme) {
  const services = [...theme.services];
  return metricsOf({
    websocket_connections: {
      meets: ["PM-1"],
      type: "gauge",
      class: "technical",
      help: "Open WebSocket connections: used carried a message in the last minute, idle did not.",
      services,
      labels: { state: ["idle", "used"] },
    },
    websocket_connections_max: {
      meets: ["PM-1"],
      type: "gauge",
      class: "technical",
      help: "WebSocket connections that a pod may hold.",
      services,
    },
    websocket_pending_handshakes: {
      meets: ["PM-1"],
      type: "gauge",
      class: "technical",
      help: "WebSocket connections that are being opened and wait for their turn.",
      services,
    },
    websocket_handshake_duration_seconds: {
      meets: ["PM-1"],
      type: "histogram",
      class: "user",
      unit: "seconds",
      help: "Time from a WebSocket connection's request to its first message, waiting included.",
      services,
      buckets: waitBuckets,
    },
    websocket_timeouts_total: {
      meets: ["PM-1"],
      type: "counter",
      class: "technical",
      help: "WebSocket connections that ended by a time-out: before they were open, or because no pong came.",
      services,
      labels: { phase: ["handshake", "heartbeat"] },
    },
    websocket_messages_total: {
      meets: ["PM-3"],
      type: "counter",
      class: "technical",
      help: "Messages over WebSocket connections; dropped ones found the receiver's buffer full.",
      services,
      labels: { direction: ["received", "sent", "dropped"] },
    },
  });
}
