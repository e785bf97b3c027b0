import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Metric } from "../../model/model.ts";
import type { OperationId } from "../security/operations.ts";
import type { Instruments } from "./instruments.ts";
import { byLabel, plain } from "./readings.ts";

export interface HttpMetricsOptions {
  /** The service that the API is. */
  on: Instruments;
  metrics: readonly Metric[];
  /** What people do with operations, as the platform calls it. */
  features?: Readonly<Partial<Record<OperationId, string>>>;
  /** Told of each request whose token let it in. */
  letIn?: () => void;
}

/**
 * Counts the requests of a server in OpenTelemetry's HTTP metrics, as the catalog declares them: routes that are not declared, such as
 * probes, are left out; a status that is not declared counts as the first one of its hundred. Beside them what the catalog declares of
 * pages of lists, of what people use and of who is there.
 */
export function countRequests(app: FastifyInstance, options: HttpMetricsOptions): void {
  const { on, letIn } = options;
  if (on.has("http_server_request_duration_seconds")) countRoutes(app, options);
  if (on.has("http_server_page_items")) countPages(app, on);
  if (on.has("user_sessions")) countPeople(app, on);
  countFeatures(app, options);
  app.addHook("onResponse", async ({ principal }, { statusCode }) => {
    if (principal && statusCode !== 403) letIn?.();
  });
}

function countRoutes(app: FastifyInstance, { on, metrics }: HttpMetricsOptions): void {
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

/** Pages of lists: whatever has `items` and takes a `limit`. */
function countPages(app: FastifyInstance, on: Instruments): void {
  app.addHook("preSerialization", async (request, _reply, payload) => {
    const items = (payload as { items?: unknown } | null)?.items;
    const query = request.query as { limit?: unknown; cursor?: unknown } | undefined;
    const http_route = routeOf(request);
    if (!Array.isArray(items) || query?.limit === undefined) return payload;
    if (!on.takes("http_server_page_items", { http_route })) return payload;
    on.record("http_server_page_items", { http_route }, items.length);
    const page = query.cursor === undefined ? "first" : "next";
    on.add("http_server_page_requests_total", { http_route, page });
    return payload;
  });
}

const sessionMs = 5 * 60_000;
const rememberedPeople = 10_000;

/** Who did something in the last five minutes. */
function countPeople(app: FastifyInstance, on: Instruments): void {
  const people = new Map<string, number>();
  const forget = (now: number) => {
    for (const [who, at] of people) if (now - at > sessionMs) people.delete(who);
  };
  on.observe("user_sessions", () => {
    forget(performance.now());
    return plain(people.size);
  });
  app.addHook("onResponse", async ({ principal }) => {
    if (!principal) return;
    const now = performance.now();
    if (people.size >= rememberedPeople) forget(now);
    const last = people.get(principal.subject);
    if (last === undefined || now - last > sessionMs) on.add("user_sessions_started_total", {});
    if (last !== undefined || people.size < rememberedPeople) people.set(principal.subject, now);
  });
}

/** What people use, and the errors that they were shown and had not made themselves. */
function countFeatures(app: FastifyInstance, { on, features }: HttpMetricsOptions): void {
  if (!features || !on.has("user_feature_uses_total")) return;
  app.addHook("onResponse", async ({ routeOptions }, { statusCode }) => {
    const { operation } = routeOptions.config;
    const feature = operation && features[operation];
    if (!feature) return;
    on.add("user_feature_uses_total", { feature });
    if (statusCode >= 500 || statusCode === 429) on.add("user_visible_errors_total", { feature });
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
