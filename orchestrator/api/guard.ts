import type { FastifyRequest, RouteOptions } from "fastify";
import { RateLimiterMemory } from "rate-limiter-flexible";
import type { RecordEvent } from "../domain/event.ts";
import { operations } from "../security/operations.ts";
import type { CountRequest } from "../security/pacing.ts";
import { requirePermission } from "../security/permissions.ts";
import type { Principal } from "../security/principal.ts";
import { Refusal } from "../security/refusal.ts";
import type { VerifyToken } from "../security/tokens.ts";
import type { Api } from "./api.ts";
import { problemBody } from "./problem.ts";

export interface GuardOptions {
  verify: VerifyToken;
  count: CountRequest;
  record: RecordEvent;
}

/** Wrong tokens that an address may send in a minute before it is answered with 429. */
const wrongTokensPerMinute = 300;

/**
 * Lets a request in only if its token is valid, one of its roles has the operation's permission, and its limits are not used up; all before
 * its body is read. A route without an entry in `security/operations.ts` is a bug and stops the start.
 */
export function guard(api: Api, { verify, count, record }: GuardOptions): void {
  const wrongTokens = new RateLimiterMemory({ points: wrongTokensPerMinute, duration: 60 });
  api.addHook("onRoute", describeRoute);
  api.addHook("onRequest", async (request, reply) => {
    const { operation } = request.routeOptions.config;
    // A path that is not there is answered with 404, whoever asks.
    if (operation === undefined || operations[operation].permission === "none") return;
    try {
      request.principal = await authenticated(request, { verify, wrongTokens });
      requirePermission(request.principal, operations[operation].permission);
      const { limit, remaining, resetSeconds } = await count(request.principal, operation);
      // As draft-ietf-httpapi-ratelimit-headers writes them.
      reply.header("ratelimit-policy", `"${operation}";q=${limit.points};w=${limit.seconds}`);
      reply.header("ratelimit", `"${operation}";r=${remaining};t=${resetSeconds}`);
    } catch (error) {
      if (error instanceof Refusal) {
        record({ type: "request.refused", route: operation, reason: error.kind, why: error.why });
      }
      throw error;
    }
  });
}

/** WebSockets of browsers cannot send the header: they offer the token as the sub-protocol `bearer.TOKEN`. Never in the URL, which is logged. */
function bearerOf({ headers, ws }: FastifyRequest): string {
  const [, token] = /^Bearer ([^\s,]+)$/i.exec(headers.authorization ?? "") ?? [];
  if (token !== undefined) return token;
  const offered = ws ? (headers["sec-websocket-protocol"]?.split(",") ?? []) : [];
  const named = offered.map((one) => one.trim()).find((one) => one.startsWith("bearer."));
  if (named !== undefined) return named.slice("bearer.".length);
  throw new Refusal("unauthenticated", "this needs a token", {
    why: "no-token",
    fix: "send an access token of this service: Authorization: Bearer TOKEN",
  });
}

interface Authentication {
  verify: VerifyToken;
  wrongTokens: RateLimiterMemory;
}

async function authenticated(
  request: FastifyRequest,
  { verify, wrongTokens }: Authentication,
): Promise<Principal> {
  let refusal: Refusal;
  try {
    return await verify(bearerOf(request));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refusal = error;
  }
  const tooMany = await wrongTokens.consume(request.ip).then(
    () => false,
    () => true,
  );
  if (!tooMany) throw refusal;
  throw new Refusal("rate-limit", "your address has sent too many wrong tokens", {
    why: refusal.why,
    fix: "try again in a minute, with a current token",
    retryAfterSeconds: 60,
  });
}

/** Completes what the OpenAPI document says of a route: its id, whether it needs a token, and how it refuses. */
function describeRoute(route: RouteOptions): void {
  const operation = route.config?.operation;
  if (operation === undefined) throw new Error(`${route.method} ${route.url} names no operation`);
  const { permission } = operations[operation];
  const problem = (description: string) => ({
    description,
    content: { "application/problem+json": { schema: problemBody } },
  });
  route.schema = {
    ...route.schema,
    operationId: operation,
    security: permission === "none" ? [] : [{ bearer: [] }],
    ...(permission === "none" ? {} : { description: `Needs the permission \`${permission}\`.` }),
    response: {
      ...(route.schema?.response as object | undefined),
      "4xx": problem("Refused: what, why and what to do"),
      "5xx": problem("Failed, by no fault of the client"),
    },
  };
}
