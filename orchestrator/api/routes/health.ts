import { z } from "zod";
import type { Api, RouteContext } from "../api.ts";

const tags = ["health"];
const check = z.object({ check: z.string(), why: z.string() });

const isReady = {
  config: { operation: "isReady" },
  schema: {
    tags,
    summary: "It takes requests: the database answers and the process does not stop",
    response: {
      200: z.object({ status: z.literal("ready") }),
      503: z.object({ status: z.literal("not ready"), failed: z.array(check) }),
    },
  },
} as const;

const readMetrics = {
  config: { operation: "readMetrics" },
  schema: { tags, summary: "Metrics for Prometheus", response: { 200: z.string() } },
  // The exporter's text is no JSON; a problem is.
  serializerCompiler: () => (body: unknown) => (typeof body === "string" ? body : JSON.stringify(body)),
} as const;

const readOpenApi = {
  config: { operation: "readOpenApi" },
  schema: { tags, summary: "This API as OpenAPI 3.1", response: { 200: z.looseObject({}) } },
} as const;

/** What probes and scrapers ask; no token, nothing of any project. */
export function healthRoutes(api: Api, { ports: { readiness, metrics } }: RouteContext): void {
  const alive = z.object({ status: z.literal("ok") });
  for (const [url, operation, summary] of [
    ["/livez", "isAlive", "The process answers"],
    ["/healthz", "isHealthy", "The process answers"],
  ] as const) {
    const schema = { tags, summary, response: { 200: alive } };
    api.get(url, { config: { operation }, schema }, async () => ({ status: "ok" as const }));
  }

  api.get("/readyz", isReady, async (_request, reply) => {
    const failed = await readiness();
    return failed.length === 0
      ? { status: "ready" as const }
      : reply.code(503).send({ status: "not ready" as const, failed });
  });

  api.get("/metrics", readMetrics, async (_request, reply) => {
    const { contentType, body } = await metrics();
    return reply.type(contentType).send(body);
  });

  api.get("/openapi.json", readOpenApi, async () => api.swagger() as Record<string, unknown>);
}
