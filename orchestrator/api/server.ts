import { randomUUID } from "node:crypto";
import helmet from "@fastify/helmet";
import swagger from "@fastify/swagger";
import websocket from "@fastify/websocket";
import Fastify, { type FastifyBaseLogger, LogController } from "fastify";
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from "fastify-type-provider-zod";
import type { Clock } from "../clock.ts";
import type { RecordEvent } from "../domain/event.ts";
import { unsafeJson } from "../security/input.ts";
import type { CountRequest } from "../security/pacing.ts";
import type { Scrub } from "../security/redaction.ts";
import { scrubbedValue } from "../security/scrubbed-work.ts";
import type { VerifyToken } from "../security/tokens.ts";
import { type LiveReaders, liveReaders } from "../telemetry/live-readers.ts";
import type { Api, RouteContext } from "./api.ts";
import { auditing } from "./auditing.ts";
import { watchEnds } from "./ended.ts";
import { answerErrors } from "./errors.ts";
import { agentHiveRoutes } from "./faces/agenthive.ts";
import { weathervaneRoutes } from "./faces/weathervane.ts";
import { guard } from "./guard.ts";
import type { Ports } from "./ports.ts";
import { ApiProblem } from "./problem.ts";
import { readerPlaces } from "./reader-places.ts";
import { agentRoutes } from "./routes/agents.ts";
import { approvalRoutes } from "./routes/approvals.ts";
import { auditRoutes } from "./routes/audit.ts";
import { eventRoutes } from "./routes/events.ts";
import { flagRoutes } from "./routes/flags.ts";
import { healthRoutes } from "./routes/health.ts";
import { modeRoutes } from "./routes/modes.ts";
import { runAndWaitRoute, runRoutes } from "./routes/runs.ts";
import { signalRoutes } from "./routes/signals.ts";
import { statusRoutes } from "./routes/status.ts";
import { taskRoutes } from "./routes/tasks.ts";
import { workflowRoutes } from "./routes/workflows.ts";

export interface ApiOptions {
  /** Whose face is shown beside the common one. */
  platform: string;
  version: string;
  ports: Ports;
  verify: VerifyToken;
  count: CountRequest;
  /** Whether only those who may change the mode are let in now. */
  locked?: () => boolean;
  record: RecordEvent;
  /** Masks secrets in what is sent, before anything of it is stored or passed on. */
  scrub: Scrub;
  log: FastifyBaseLogger;
  clock: Clock;
  /** Time limits of connections; the defaults suit production. */
  patience?: Partial<Patience>;
  /** Counts live readers; nobody does unless told. */
  readers?: LiveReaders;
  /** Adds what counts requests, before there is any route. */
  observe?: (api: Api) => void;
}

/** What slow and silent clients are given, in milliseconds. */
export interface Patience {
  /** For a whole request to arrive. */
  requestMs: number;
  /** For its headers, and for a new connection's first byte. */
  headersMs: number;
  /** For the next request on the same connection. Longer than load balancers usually wait (60 s), so that they close first. */
  keepAliveMs: number;
}

const usualPatience: Patience = { requestMs: 10_000, headersMs: 5_000, keepAliveMs: 72_000 };
const largestBodyBytes = 1_048_576;

/**
 * The HTTP API, ready to listen. Every route is guarded (`guard.ts`), every changing action is audited, every answer is checked against its
 * schema, and every error is a problem (RFC 9457). `close()` ends live streams, lets requests finish and takes no new ones.
 */
export async function createApi(options: ApiOptions): Promise<Api> {
  const closing = new AbortController();
  const api = bareServer(options);
  const context: RouteContext = {
    ...{ readers: liveReaders(), ...options },
    ...{ takeReaderPlace: readerPlaces(), closing: closing.signal },
  };
  api.addHook("preClose", async () => closing.abort());
  // Otherwise closing would wait until their connections have been idle for long.
  api.addHook("onSend", async (_request, reply) => {
    if (closing.signal.aborted) reply.header("connection", "close");
  });
  options.observe?.(api);
  answerErrors(api, options.record);
  await api.register(helmet, securityHeaders);
  await api.register(swagger, { openapi: document(options), transform: jsonSchemaTransform });
  await api.register(websocket, {
    options: {
      maxPayload: 4_096,
      handleProtocols: (offered) => (offered.has("fairlead.v1") ? "fairlead.v1" : false),
    },
  });
  guard(api, options);
  refuseUnsafeJson(api);
  maskSecrets(api, options.scrub);
  auditing(api, { audit: options.ports.audit, record: options.record });
  await api.register(async (routes: Api) => addRoutes(routes, context, options.platform));
  await api.ready();
  return api;
}

function bareServer({ log, patience }: ApiOptions): Api {
  const { requestMs, headersMs, keepAliveMs } = { ...usualPatience, ...patience };
  return Fastify({
    loggerInstance: log,
    // Every request as a line would be most of the log; the metrics count them.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: largestBodyBytes,
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
    // A client's own id would let it write into our log lines.
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    exposeHeadRoutes: false,
    forceCloseConnections: "idle",
    onProtoPoisoning: "error",
    onConstructorPoisoning: "error",
    routerOptions: { maxParamLength: 200 },
    http: {
      headersTimeout: headersMs,
      connectionsCheckingInterval: Math.min(1_000, headersMs),
      maxHeaderSize: 16_384,
      // The other end's silence is found by the system too.
      keepAlive: true,
      keepAliveInitialDelay: 30_000,
    },
  })
    .withTypeProvider<ZodTypeProvider>()
    .setValidatorCompiler(validatorCompiler)
    .setSerializerCompiler(serializerCompiler);
}

// Nothing here is a page: whatever a browser takes for one may load and run nothing.
const securityHeaders = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  },
  referrerPolicy: { policy: "no-referrer" },
} as const;

function document({ platform, version }: ApiOptions) {
  return {
    openapi: "3.1.0",
    info: { title: `Fairlead reference orchestrator, as ${platform}`, version },
    components: {
      securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
    },
  } as const;
}

function refuseUnsafeJson(api: Api): void {
  api.addHook("preValidation", async ({ body, query, params }) => {
    for (const [part, value] of Object.entries({ body, query, params })) {
      const found = unsafeJson(value);
      if (found === undefined) continue;
      const field = [part, ...found.path].join(".").slice(0, 200);
      throw new ApiProblem(`${field} ${found.why}`, {
        status: part === "body" ? 422 : 400,
        kind: "invalid-input",
        errors: [{ field, why: found.why }],
      });
    }
  });
}

// A secret that somebody writes into an input, a comment or a workflow would be stored, shown to a project, and sent to models and tools (CC-12).
function maskSecrets(api: Api, scrub: Scrub): void {
  api.addHook("preValidation", async (request) => {
    if (request.body !== undefined) request.body = scrubbedValue(request.body, scrub);
    const kept = JSON.stringify([request.params, request.headers["idempotency-key"]]);
    // Masked, these would name something else.
    if (scrub(kept) !== kept)
      throw new ApiProblem(
        "what looks like a secret is in the path or the Idempotency-Key, which are stored",
        {
          ...{ status: 400, kind: "invalid-input", fix: "name things by their ids; a UUID is a good key" },
        },
      );
  });
}

function addRoutes(api: Api, context: RouteContext, platform: string): void {
  const { waitForEnd, close } = watchEnds(context.ports);
  api.addHook("onClose", async () => close());
  for (const add of [
    healthRoutes,
    workflowRoutes,
    runRoutes,
    taskRoutes,
    approvalRoutes,
    agentRoutes,
    eventRoutes,
    modeRoutes,
    signalRoutes,
    flagRoutes,
    statusRoutes,
    auditRoutes,
  ]) {
    add(api, context);
  }
  runAndWaitRoute(api, { ...context, waitForEnd });
  if (platform === "weathervane") weathervaneRoutes(api, context);
  if (context.ports.hive) agentHiveRoutes(api, context, context.ports.hive);
}
