import type { WebSocket } from "@fastify/websocket";
import { z } from "zod";
import type { Principal } from "../security/principal.ts";
import { Refusal } from "../security/refusal.ts";
import type { SocketWatch } from "../telemetry/live-readers.ts";
import type { Api, RouteContext } from "./api.ts";
import { liveEvents } from "./live.ts";
import { ApiProblem } from "./problem.ts";
import { tellRefusal } from "./refused.ts";

/** What a client sends: once to subscribe, and again to subscribe to something else. */
const subscription = z.strictObject({
  type: z.literal("subscribe"),
  /** Events after this id; without it those from now on. */
  after: z.int().min(0).optional(),
  runId: z.uuid().optional(),
});

/** Close codes beside those of RFC 6455 (4000-4999 are an application's own). */
export const closeCodes = {
  goingAway: 1001,
  invalidMessage: 1008,
  unreadable: 1011,
  tooSlow: 1013,
  tokenExpired: 4401,
  tooOften: 4429,
} as const;

const pingMs = 15_000;
/** Tokens that live longer end their connections after a day: timers count to 24.8 days at most. */
const longestTimerMs = 86_400_000;
/** A reader that leaves more than this unread is too slow; it comes back with its last id. */
const unreadBytes = 1_048_576;

const operation = "openEventSocket";

const route = {
  method: "GET",
  url: "/v1/events/socket",
  config: { operation },
  schema: {
    tags: ["events"],
    summary: "Events as they happen, on a WebSocket; docs/orchestrator/api.md has its messages",
  },
} as const;

/** Live events on a WebSocket: the client subscribes, the server answers with `subscribed`, then `event` messages in the order of their ids. */
export function eventSocket(api: Api, context: RouteContext): void {
  api.route({
    ...route,
    handler: async () => {
      throw new ApiProblem("this is a WebSocket", {
        status: 426,
        kind: "upgrade-required",
        fix: "connect with a WebSocket client, or read GET /v1/events/stream",
      });
    },
    wsHandler: (socket, { principal }) => admit(socket, { context, principal }),
  });
}

interface Conversation {
  context: RouteContext;
  principal: Principal;
}

/** Gives the reader its place, which is free again when the socket is closed; closes it where its subject has too many. */
function admit(socket: WebSocket, conversation: Conversation): void {
  const { context, principal } = conversation;
  socket.on("error", () => socket.terminate());
  try {
    socket.once("close", context.takeReaderPlace(principal.subject));
    converse(socket, conversation);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refuse(socket, { error, context });
  }
}

function refuse(socket: WebSocket, { error, context }: { error: Refusal; context: RouteContext }): void {
  tellRefusal(error, { operation, record: context.record });
  socket.close(closeCodes.tooOften, `${error.message}; ${error.fix}`);
}

/** Sends what the client subscribes to until either side, the token or the server ends it. */
function converse(socket: WebSocket, { context, principal }: Conversation): void {
  const { clock, closing, readers } = context;
  const watch = readers.socketOpened();
  let current = new AbortController();
  const close = (code: number, reason: string): void => {
    current.abort();
    socket.close(code, reason);
  };
  const expiry = setTimeout(
    () => close(closeCodes.tokenExpired, "the token has expired"),
    Math.min(principal.expiresAt * 1000 - clock.now(), longestTimerMs),
  );
  const stop = (): void => close(closeCodes.goingAway, "the server stops");
  closing.addEventListener("abort", stop);
  const endPings = keepAlive(socket, watch);
  socket.on("message", (data) => {
    // What was under way when we closed is answered no more.
    if (socket.readyState !== socket.OPEN) return;
    watch.received();
    const wanted = parsed(String(data));
    if (wanted === undefined) return close(closeCodes.invalidMessage, "send a valid subscribe message");
    current.abort();
    current = new AbortController();
    const { signal } = current;
    void send(socket, { context, principal, wanted, watch, signal }).catch((error: unknown) => {
      if (error instanceof Refusal) refuse(socket, { error, context });
      else if (!signal.aborted)
        close(closeCodes.unreadable, "the events cannot be read; come back with your last id");
    });
  });
  socket.on("close", () => {
    current.abort();
    watch.closed();
    clearTimeout(expiry);
    endPings();
    closing.removeEventListener("abort", stop);
  });
}

function parsed(text: string): z.infer<typeof subscription> | undefined {
  try {
    return subscription.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

interface Sending {
  context: RouteContext;
  principal: Principal;
  wanted: z.infer<typeof subscription>;
  watch: SocketWatch;
  signal: AbortSignal;
}

async function send(
  socket: WebSocket,
  { context, principal, wanted, watch, signal }: Sending,
): Promise<void> {
  const { events } = context.ports;
  // A subscription reads as much as a connection that is opened anew, and counts like one.
  await context.count(principal, operation);
  if (signal.aborted) return;
  const after = wanted.after ?? (await events.last());
  if (signal.aborted) return;
  socket.send(JSON.stringify({ type: "subscribed", after }));
  watch.sent(1);
  const filter = { project: principal.project, after, runId: wanted.runId };
  for await (const batch of liveEvents(events, { filter, signal, quietMs: pingMs })) {
    for (const event of batch) socket.send(JSON.stringify({ type: "event", event }));
    if (batch.length > 0) watch.sent(batch.length);
    if (socket.bufferedAmount > unreadBytes) {
      watch.dropped();
      return socket.close(closeCodes.tooSlow, "too slow: come back with your last id");
    }
  }
}

/** Ends connections whose other end is gone without a word. */
function keepAlive(socket: WebSocket, watch: SocketWatch): () => void {
  let answered = true;
  socket.on("pong", () => {
    answered = true;
  });
  const timer = setInterval(() => {
    if (!answered) {
      watch.silent();
      return socket.terminate();
    }
    answered = false;
    socket.ping();
  }, pingMs);
  return () => clearInterval(timer);
}
