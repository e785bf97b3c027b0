import { Readable } from "node:stream";
import { z } from "zod";
import type { RecordedEvent } from "../../domain/event.ts";
import type { Api, RouteContext } from "../api.ts";
import { eventSocket } from "../event-socket.ts";
import { liveEvents } from "../live.ts";
import { numberCursor, pageOf, pageQuery } from "../page.ts";
import type { EventFilter } from "../ports.ts";
import { told } from "../refused.ts";
import { eventShape } from "../shapes.ts";
import { untilFirst } from "../until-first.ts";

const tags = ["events"];
const eventStream = z.custom<Readable>((value) => value instanceof Readable);
const ofRun = { runId: z.uuid().optional().describe("Only what happens to this run") };
/** Proxies commonly close what is silent for 30 s or more. */
const quietMs = 15_000;
/** Less than a timer can count: a reader with a token for longer connects anew once a day. */
const longestMs = 86_400_000;

const listEvents = {
  config: { operation: "listEvents" },
  schema: {
    tags,
    summary: "Events of your project's runs and sessions and of the platform, the oldest first",
    querystring: z.strictObject({ ...pageQuery(numberCursor.optional()), ...ofRun }),
    response: { 200: pageOf(eventShape) },
  },
} as const;

const streamEvents = {
  config: { operation: "streamEvents" },
  schema: {
    tags,
    summary: "Events as they happen (text/event-stream); goes on after Last-Event-ID",
    headers: z.object({ "last-event-id": numberCursor.optional() }),
    querystring: z.strictObject(ofRun),
    response: { 200: eventStream },
  },
} as const;

/** What happens, as a list, as server-sent events and on a WebSocket; each event has the id after which a reader goes on. */
export function eventRoutes(api: Api, context: RouteContext): void {
  const { ports, clock, closing, readers, takeReaderPlace, record } = context;
  api.get("/v1/events", listEvents, async ({ query: { limit, cursor, runId }, principal: { project } }) => {
    const items = await ports.events.list({ project, after: Number(cursor ?? 0), limit, runId });
    const last = items.at(-1);
    return last && items.length === limit ? { items, next: String(last.id) } : { items };
  });

  api.get("/v1/events/stream", streamEvents, async ({ headers, query, principal, raw }, reply) => {
    const leave = told(() => takeReaderPlace(principal.subject), { operation: "streamEvents", record });
    const gone = new AbortController();
    const left = readers.streamOpened();
    const end = (): void => {
      gone.abort();
      left();
      leave();
    };
    // Whoever is gone by now says so no more.
    if (reply.raw.destroyed) end();
    else reply.raw.once("close", end);
    const lastId = headers["last-event-id"];
    const after = lastId === undefined ? await ports.events.last() : Number(lastId);
    // After the token's end nothing more is sent.
    const allowedMs = Math.min(Math.max(principal.expiresAt * 1000 - clock.now(), 0), longestMs);
    const ended = untilFirst([gone.signal, closing], allowedMs);
    raw.socket.setTimeout(0);
    reply
      .header("cache-control", "no-store")
      .header("x-accel-buffering", "no")
      .header("connection", "close")
      .type("text/event-stream");
    const filter = { project: principal.project, after, runId: query.runId };
    return reply.send(Readable.from(serverSentEvents(context, { filter, ended }), { objectMode: false }));
  });

  eventSocket(api, context);
}

/** The stream of the HTML standard, section 9.2: a comment at once, so that the client sees that it is connected, and where it is quiet. */
async function* serverSentEvents(
  { ports: { events } }: RouteContext,
  { filter, ended }: { filter: Omit<EventFilter, "limit">; ended: AbortSignal },
): AsyncGenerator<string> {
  yield ": connected\n\n";
  for await (const batch of liveEvents(events, { filter, signal: ended, quietMs })) {
    yield batch.length === 0 ? ": quiet\n\n" : batch.map(framed).join("");
  }
}

const framed = (event: RecordedEvent): string =>
  `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
