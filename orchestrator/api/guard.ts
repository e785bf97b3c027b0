import type { FastifyRequest, RouteOptions } from "fastify";
import { RateLimiterMemory } from "rate-limiter-flexible";
import type { RecordEvent } from "../domain/event.ts";
import { operations } from "../security/operations.ts";
import type { CountRequest } from "../security/pacing.ts";
import { requirePermission, requireUnlocking } from "../security/permissions.ts";
import type { Principal } from "../security/principal.ts";
import { Refusal } from "../security/refusal.ts";
import type { VerifyToken } from "../security/tokens.ts";
import type { Api } from "./api.ts";
import { problemBody } from "./problem.ts";
import { tellRefusal } from "./refused.ts";

export interface GuardOptions {
  verify: VerifyToken;
  count: CountRequest;
  record: RecordEvent;
  /** Whether keys are locked: then only those who may change the mode are let in (AH-6). */
  locked?: () => boolean;
}

/** Wrong tokens that an address may send in a minute before it is answered with 429. */
const wrongTokensPerMinute = 300;

/** What an address may ask without a token: far more than probes and scrapers do, and little enough for the database that answers them. */
const openRequests = { points: 1_000, duration: 60 };

/** Answered from memory: what a refusal costs, they cost. */
const answeredAtOnce: readonly string[] = ["isAlive", "isHealthy"];

/**
 * Lets a request in only if its token is valid, one of its roles has the operation's permission, and its limits are not used up; all before
 * its body is read. Of what needs no token each address may ask so much. A route without an entry in `security/operations.ts` is a bug and stops the start.
 */
export function guard(api: Api, { verify, count, record, locked = () => false }: GuardOptions): void {
  const wrongTokens = new RateLimiterMemory({ points: wrongTokensPerMinute, duration: 60 });
  const withoutToken = new RateLimiterMemory(openRequests);
  api.addHook("onRoute", describeRoute);
  api.addHook("onRequest", async (request, reply) => {
    const { operation } = request.routeOptions.config;
    // A path that is not there is answered with 404, whoever asks.
    if (operation === undefined || answeredAtOnce.includes(operation)) return;
    if (operations[operation].permission === "none") return countAddress(withoutToken, request.ip);
    try {
      request.principal = await authenticated(request, { verify, wrongTokens });
      requirePermission(request.principal, operations[operation].permission);
      if (locked()) requireUnlocking(request.principal);
      const { limit, remaining, resetSeconds } = await count(request.principal, operation);
      // As draft-ietf-httpapi-ratelimit-headers writes them.
      reply.header("ratelimit-policy", `"${operation}";q=${limit.points};w=${limit.seconds}`);
      reply.header("ratelimit", `"${operation}";r=${remaining};t=${resetSeconds}`);
    } catch (error) {
      tellRefusal(error, { operation, record });
      throw error;
    }
  });
}

/** Refuses what an address asks too often without a token. No event tells of it, which would be the very load that is refused. */
async function countAddress(limiter: RateLimiterMemory, address: string): Promise<void> {
  const isWithin = await limiter.consume(address).then(
    () => true,
    () => false,
  );
  if (isWithin) return;
  const { points, duration } = openRequests;
  throw new Refusal("rate-limit", `your address has asked too often: ${points} times in ${duration} s`, {
    why: "endpoint",
    fix: "try again in a minute",
    retryAfterSeconds: duration,
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
