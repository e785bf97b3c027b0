import { ofEach, type Row } from "../entries.ts";
import type { HttpClientTheme, WebsocketTheme } from "../themes.ts";

/** Calls of other servers and the connections that they need. */
export function httpClientRow({ services }: HttpClientTheme): Row {
  return {
    title: "HTTP client pool",
    panels: [
      {
        meets: ["PM-1", "PM-4"],
        title: "Calls that fail, by server",
        description: "Share of the calls that end without an answer or with a server error. 0 is good.",
        type: "timeseries",
        unit: "percent",
        queries: [
          {
            expr:
              'sum by (service, server_address) (rate(http_client_request_duration_seconds_count{error_type!~"|4.."}[5m])) ' +
              "/ (sum by (service, server_address) (rate(http_client_request_duration_seconds_count[5m])) > 0)",
            legend: "{{service}} {{server_address}}",
          },
        ],
        alerts: ofEach(services, "calls-failing"),
      },
      {
        meets: ["PM-1"],
        title: "Duration of calls, 95th percentile",
        description:
          "Nineteen of twenty calls are faster, by server. Near the time-out: that server is overloaded.",
        type: "timeseries",
        unit: "seconds",
        queries: [
          {
            expr: "histogram_quantile(0.95, sum by (service, server_address, le) (rate(http_client_request_duration_seconds_bucket[5m])))",
            legend: "{{service}} {{server_address}}",
          },
        ],
      },
      {
        meets: ["PM-1"],
        title: "Connections by state",
        description: "Open connections by server, and how many there may be. All active: calls wait.",
        type: "timeseries",
        unit: "count",
        queries: [
          {
            expr: "sum by (service, server_address, http_connection_state) (http_client_open_connections)",
            legend: "{{service}} {{server_address}} {{http_connection_state}}",
          },
          {
            expr: "sum by (service, server_address) (http_client_connection_max)",
            legend: "{{service}} {{server_address}} at most",
          },
        ],
      },
      {
        meets: ["PM-1", "PM-4"],
        title: "Calls without a connection",
        description:
          "Calls that wait for a connection now, and those of the last five minutes that gave up. 0 is good.",
        type: "timeseries",
        unit: "count",
        queries: [
          {
            expr: "sum by (service, server_address) (http_client_pending_requests)",
            legend: "{{service}} {{server_address}} waiting",
          },
          {
            expr: "sum by (service, server_address) (increase(http_client_connection_timeouts_total[5m]))",
            legend: "{{service}} {{server_address}} gave up",
          },
        ],
        thresholds: [{ value: 5, color: "red" }],
        alerts: ofEach(services, "calls-waiting"),
        width: "half",
      },
      {
        meets: ["PM-1"],
        title: "Wait for a connection, 95th percentile",
        description: "Time until a call has its connection. Next to nothing, while there are idle ones.",
        type: "timeseries",
        unit: "seconds",
        queries: [
          {
            expr: "histogram_quantile(0.95, sum by (service, server_address, le) (rate(http_client_connection_wait_time_seconds_bucket[5m])))",
            legend: "{{service}} {{server_address}}",
          },
        ],
        width: "half",
      },
    ],
  };
}

/** WebSocket connections and what goes over them. */
export function websocketRow({ services }: WebsocketTheme): Row {
  return {
    title: "WebSocket pool",
    panels: [
      {
        meets: ["PM-1", "PM-4"],
        title: "Connections by state",
        description: "Open connections of each pod, and how many it may hold.",
        type: "timeseries",
        unit: "count",
        queries: [
          {
            expr: "sum by (service, pod, state) (websocket_connections)",
            legend: "{{service}} {{pod}} {{state}}",
          },
          {
            expr: "sum by (service, pod) (websocket_connections_max)",
            legend: "{{service}} {{pod}} at most",
          },
        ],
        alerts: ofEach(services, "ws-full"),
        width: "quarter",
      },
      {
        meets: ["PM-1", "PM-4"],
        title: "Waiting and timed out",
        description: "Connections that are being opened, and time-outs of the last five minutes by phase.",
        type: "timeseries",
        unit: "count",
        queries: [
          { expr: "sum by (service) (websocket_pending_handshakes)", legend: "{{service}} waiting" },
          {
            expr: "sum by (service, phase) (increase(websocket_timeouts_total[5m]))",
            legend: "{{service}} {{phase}}",
          },
        ],
        thresholds: [{ value: 50, color: "red" }],
        alerts: ofEach(services, "ws-timeouts"),
        width: "quarter",
      },
      {
        meets: ["PM-1"],
        title: "Time to open, 95th percentile",
        description: "Time until a client has its first message. Below a second is good.",
        type: "timeseries",
        unit: "seconds",
        queries: [
          {
            expr: "histogram_quantile(0.95, sum by (service, le) (rate(websocket_handshake_duration_seconds_bucket[5m])))",
            legend: "{{service}}",
          },
        ],
        thresholds: [{ value: 1, color: "yellow" }],
        width: "quarter",
      },
      {
        meets: ["PM-3"],
        title: "Messages",
        description:
          "Messages a second by direction. Dropped ones found a full buffer: clients are too slow.",
        type: "timeseries",
        unit: "per-second",
        queries: [
          {
            expr: "sum by (service, direction) (rate(websocket_messages_total[$__rate_interval]))",
            legend: "{{service}} {{direction}}",
          },
        ],
        width: "quarter",
      },
    ],
  };
}
