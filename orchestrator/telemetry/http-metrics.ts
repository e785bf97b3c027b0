import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Metric } from "../../model/model.ts";
import type { Instruments } from "./instruments.ts";
import { byLabel } from "./readings.ts";

interface HttpMetricsOptions {
  on: Instruments;
  metrics: readonly Metric[];
}

/**
 * Counts the requests of a server in OpenTelemetry's HTTP metrics, as the catalog declares them: routes that are not declared, such as
 * probes, are left out; a status that is not declared counts as the first one of its hundred.
 */
export function countRequests(app: FastifyInstance, { on, metrics }: HttpMetricsOptions): void {
  const declared = metrics.find(({ name }) => name === "http_server_request_duration_seconds")?.labels ?? {};
  const known = (label: string, value: string) => {
    const values = declared[label];
    return !Array.isArray(values) || values.includes(value);
  };
  const active = new Map<string, number>();
  const methods = declared.http_request_method;
  for (const method of Array.isArray(methods) ? methods : []) active.set(method, 0);
  on.observe("http_server_active_requests", () => byLabel("http_request_method", Object.fromEntries(active)));
  const counted = (request: FastifyRequest) =>
    active.has(request.method) && known("http_route", routeOf(request));
  const change = (method: string, by: number) => active.set(method, (active.get(method) ?? 0) + by);

  app.addHook("onRequest", async (request) => {
    if (counted(request)) change(request.method, 1);
  });
  // A request that is cut off by its client gets no response, but ends all the same.
  app.addHook("onRequestAbort", async (request) => {
    if (counted(request)) change(request.method, -1);
  });
  app.addHook("onResponse", async (request, reply) => {
    if (!counted(request)) return;
    if (!request.raw.aborted) change(request.method, -1);
    const status = statusOf(reply, (code) => known("http_response_status_code", code));
    const http_route = routeOf(request);
    const labels = { http_request_method: request.method, http_route, http_response_status_code: status };
    on.record("http_server_request_duration_seconds", labels, reply.elapsedTime / 1000);
    const bytes = Number(reply.getHeader("content-length") ?? 0);
    if (on.has("http_server_response_body_size_bytes")) {
      on.record("http_server_response_body_size_bytes", { http_route }, bytes);
    }
  });
}

/** `/api/tasks/:id` as OpenTelemetry and OpenAPI write it. */
function routeOf({ routeOptions }: FastifyRequest): string {
  return (routeOptions.url ?? "").replaceAll(/:(\w+)/g, "{$1}");
}

function statusOf({ statusCode }: FastifyReply, isKnown: (code: string) => boolean): string {
  const exact = String(statusCode);
  return isKnown(exact) ? exact : `${exact[0]}00`;
}
