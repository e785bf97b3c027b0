import { httpBuckets, labelOf, metricsOf } from "../entries.ts";
import type { HttpTheme } from "../themes.ts";

/** OpenTelemetry's HTTP server metrics, and what lists are read page by page, for which it has no convention. */
export function httpMetrics(theme: HttpTheme) {
  const services = [...theme.services];
  const http_request_method = [...(theme.methods ?? ["GET", "POST", "PUT", "PATCH", "DELETE"])];
  const http_route = labelOf(theme.routes ?? { atMost: 50 });
  const http_response_status_code = [...(theme.statusCodes ?? statusCodes)];
  return metricsOf({
    http_server_request_duration_seconds: {
      meets: ["PM-3"],
      type: "histogram",
      class: "technical",
      unit: "seconds",
      help: "Duration of HTTP server requests; probes are left out.",
      services,
      labels: { http_request_method, http_route, http_response_status_code },
      buckets: [...(theme.buckets ?? httpBuckets)],
    },
    http_server_active_requests: {
      meets: ["PM-3"],
      type: "gauge",
      class: "technical",
      help: "Requests that are being answered now.",
      services,
      labels: { http_request_method },
    },
    http_server_response_body_size_bytes: {
      meets: ["PM-1"],
      type: "histogram",
      class: "technical",
      unit: "bytes",
      help: "Size of the bodies of HTTP responses, as sent.",
      services,
      labels: { http_route },
      buckets: [1024, 8192, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216],
    },
    http_server_page_items: {
      meets: ["PM-1"],
      type: "histogram",
      class: "technical",
      help: "Items in one page of a list, for the routes that answer lists page by page.",
      services,
      labels: { http_route },
      buckets: [1, 10, 25, 50, 100, 250, 1000],
    },
    http_server_page_requests_total: {
      meets: ["PM-1"],
      type: "counter",
      class: "user",
      help: "Pages of lists that were asked for: the first, or one that follows.",
      services,
      labels: { http_route, page: ["first", "next"] },
    },
  });
}

const statusCodes = [
  ...["200", "201", "202", "204", "304"],
  ...["400", "401", "403", "404", "409", "422", "429"],
  ...["500", "502", "503", "504"],
];

/** The answers that are the server's fault. */
export function serverErrorsOf(theme: HttpTheme | undefined): string[] {
  return (theme?.statusCodes ?? statusCodes).filter((code) => code.startsWith("5"));
}
