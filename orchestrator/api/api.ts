import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Clock } from "../clock.ts";
import type { RecordEvent } from "../domain/event.ts";
import type { OperationId } from "../security/operations.ts";
import type { CountRequest } from "../security/pacing.ts";
import type { Principal } from "../security/principal.ts";
import type { LiveReaders } from "../telemetry/live-readers.ts";
import type { Ports } from "./ports.ts";
import type { TakeReaderPlace } from "./reader-places.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Which row of `security/operations.ts` holds for the route. */
    operation?: OperationId;
  }
  interface FastifyRequest {
    /** Set for every operation that asks for a token. */
    principal: Principal;
  }
}

/** The server as routes are added to it: their zod schemas are their types. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What routes work with. */
export interface RouteContext {
  ports: Ports;
  clock: Clock;
  record: RecordEvent;
  /** Told of live readers that come and go. */
  readers: LiveReaders;
  takeReaderPlace: TakeReaderPlace;
  /** Counts what is asked for on a connection that is open already. */
  count: CountRequest;
  /** Aborted when the server closes: live connections end then. */
  closing: AbortSignal;
}
