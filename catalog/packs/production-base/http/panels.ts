import { ofEach, type Row } from "../entries.ts";
import type { HttpTheme, SloTheme } from "../themes.ts";

/** Requests, failures, durations, sizes and pages; SLOs stand at the panel that shows what they promise. */
export function httpRow({ services }: HttpTheme, slos: { availability: string[]; latency: string[] }): Row {
  return {
    title: "HTTP requests",
    panels: [
      {
        meets: ["PM-3"],
        title: "Requests by route",
        description: "Requests a second that each service answers. A sudden fall is as telling as a rise.",
        type: "timeseries",
        unit: "per-second",
        queries: [
          {
            expr: "sum by (service, http_route) (rate(http_server_request_duration_seconds_count[$__rate_interval]))",
            legend: "{{service}} {{http_route}}",
          },
        ],
      },
      {
        meets: ["PM-4"],
        title: "Requests that fail",
        description: "Share of the requests that are answered with a server error. 0 is good.",
        type: "timeseries",
        unit: "percent",
        queries: [
          {
            expr:
              'sum by (service) (rate(http_server_request_duration_seconds_count{http_response_status_code=~"5.."}[5m])) ' +
              "/ (sum by (service) (rate(http_server_request_duration_seconds_count[5m])) > 0)",
            legend: "{{service}}",
          },
        ],
        alerts: ofEach(services, "http-errors"),
        slos: slos.availability,
      },
      {
        meets: ["PM-3"],
        title: "Response time, 95th percentile",
        description: "Nineteen of twenty requests are answered faster than this.",
        type: "timeseries",
        unit: "seconds",
        queries: [
          {
            expr: "histogram_quantile(0.95, sum by (service, le) (rate(http_server_request_duration_seconds_bucket[5m])))",
            legend: "{{service}}",
          },
        ],
        slos: slos.latency,
      },
      {
        meets: ["PM-4"],
        title: "Requests in flight",
        description: "Requests that are being answered now, by pod. A line that climbs is a backlog.",
        type: "timeseries",
        unit: "count",
        queries: [
          { expr: "sum by (service, pod) (http_server_active_requests)", legend: "{{service}} {{pod}}" },
        ],
        alerts: ofEach(services, "http-busy"),
        width: "quarter",
      },
      {
        meets: ["PM-1"],
        title: "Response size, 95th percentile",
        description: "Bytes of a response's body, by route. Lists that grow with the data want pages.",
        type: "timeseries",
        unit: "bytes",
        queries: [
          {
            expr: "histogram_quantile(0.95, sum by (http_route, le) (rate(http_server_response_body_size_bytes_bucket[5m])))",
            legend: "{{http_route}}",
          },
        ],
        width: "quarter",
      },
      {
        meets: ["PM-1"],
        title: "Items in a page",
        description:
          "Average items that a page of a list holds. The largest page allowed, always: clients fetch all there is.",
        type: "timeseries",
        unit: "count",
        queries: [
          {
            expr: "sum by (http_route) (rate(http_server_page_items_sum[5m])) / (sum by (http_route) (rate(http_server_page_items_count[5m])) > 0)",
            legend: "{{http_route}}",
          },
        ],
        width: "quarter",
      },
      {
        meets: ["PM-1"],
        title: "Pages beyond the first",
        description:
          "Share of the pages asked for that follow a first one. High: people cannot find what they look for, or something reads everything.",
        type: "timeseries",
        unit: "percent",
        queries: [
          {
            expr:
              'sum by (http_route) (rate(http_server_page_requests_total{page="next"}[15m])) ' +
              "/ (sum by (http_route) (rate(http_server_page_requests_total[15m])) > 0)",
            legend: "{{http_route}}",
          },
        ],
        width: "quarter",
      },
    ],
  };
}

/** The names of the SLOs that a platform asked for. */
export function sloNames(theme: SloTheme | undefined): { availability: string[]; latency: string[] } {
  return {
    availability: theme?.availability === undefined ? [] : ofEach(theme.services, "availability"),
    latency: theme?.latency === undefined ? [] : ofEach(theme.services, "latency"),
  };
}
