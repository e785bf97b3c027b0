import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { DomainEvent } from "../domain/event.ts";
import { usualLimits } from "../security/pacing.ts";
import { insertEvents } from "../store/events.ts";
import { readersAtOnce } from "./reader-places.ts";
import { type TemporaryApi, temporaryApi } from "./temporary-api.ts";

const run = "0190f5fe-7c00-7a00-8000-00000000c001";
const otherRun = "0190f5fe-7c00-7a00-8000-00000000c002";

let it: TemporaryApi;
let token: string;
beforeAll(async () => {
  it = await temporaryApi();
  token = await it.issue({ roles: ["viewer"] });
  for (const [id, project] of [
    [run, "lab"],
    [otherRun, "theirs"],
  ]) {
    await it.store.pool.query(
      `INSERT INTO runs (id, project, workflow_project, workflow, workflow_version, priority, source, input, labels, dry_run, requested_by)
       VALUES ($1, $2, '*', 'echo', 1, 'normal', 'api', '{}', '{}', false, 'ada')`,
      [id, project],
    );
  }
});
afterAll(() => it.close());

/** Stages' names are how the tests tell events apart. */
const happen = (...events: [runId: string, stage: string][]) =>
  it.store.transaction((db) =>
    insertEvents(
      db,
      events.map(([runId, stage]) => ({ type: "stage.entered", runId, stage, at: new Date().toISOString() })),
    ),
  );
const stages = (events: (DomainEvent & { stage?: string })[]) => events.map(({ stage }) => stage);

describe("server-sent events", () => {
  /** Reads the stream until so many events were there; gives them and the last one's id. */
  async function read(
    count: number,
    options: { after?: string; query?: string; onOpen?: () => Promise<void> } = {},
  ) {
    const stop = new AbortController();
    const answer = await fetch(`${it.url}/v1/events/stream${options.query ?? ""}`, {
      headers: {
        authorization: `Bearer ${token}`,
        ...(options.after ? { "last-event-id": options.after } : {}),
      },
      signal: stop.signal,
    });
    expect(answer.headers.get("content-type")).toMatch(/^text\/event-stream/);
    let text = "";
    const decoder = new TextDecoder();
    for await (const chunk of answer.body ?? []) {
      if (text === "") await options.onOpen?.();
      text += decoder.decode(chunk, { stream: true });
      if (text.split("\ndata: ").length > count) break;
    }
    stop.abort();
    const events = [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? ""));
    return { events, last: String(events.at(-1)?.id) };
  }

  test("come as they happen, only those of the own project, and go on after Last-Event-ID without a gap or repetition", async () => {
    const onOpen = () => happen([run, "one"], [otherRun, "hidden"], [run, "two"]);
    const first = await read(2, { onOpen });
    expect(stages(first.events)).toEqual(["one", "two"]);
    await happen([run, "three"], [otherRun, "hidden"]);
    const second = await read(2, { after: first.last, onOpen: () => happen([run, "four"]) });
    expect(stages(second.events)).toEqual(["three", "four"]);
  });

  test("of one run leave the others out", async () => {
    const onOpen = async () => {
      await it.store.pool.query(
        `INSERT INTO events (at, type, body) VALUES (now(), 'mode.changed', '{"type": "mode.changed"}')`,
      );
      await happen([run, "mine"]);
    };
    expect(stages((await read(1, { query: `?runId=${run}`, onOpen })).events)).toEqual(["mine"]);
  });
});

describe("the WebSocket", () => {
  const open = (
    headers: Record<string, string> = { authorization: `Bearer ${token}` },
    protocols: string[] = ["fairlead.v1"],
  ) => new WebSocket(`${it.url.replace("http", "ws")}/v1/events/socket`, protocols, { headers });
  const messages = (socket: WebSocket) => {
    const received: { type: string; after?: number; event?: { id: number; stage: string } }[] = [];
    socket.on("message", (data) => received.push(JSON.parse(String(data))));
    return received;
  };
  const opened = (socket: WebSocket) =>
    new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  const closed = (socket: WebSocket) => new Promise<number>((resolve) => socket.once("close", resolve));

  test("gives what happens after the id that the client names, and goes on from there after a reconnection", async () => {
    const first = open();
    const received = messages(first);
    await opened(first);
    first.send(JSON.stringify({ type: "subscribe" }));
    await expect.poll(() => received[0]?.type).toBe("subscribed");
    await happen([run, "a"], [otherRun, "hidden"], [run, "b"]);
    await expect.poll(() => received.length).toBe(3);
    first.terminate();
    await happen([run, "c"]);
    const second = open();
    const again = messages(second);
    await opened(second);
    second.send(JSON.stringify({ type: "subscribe", after: received.at(-1)?.event?.id, runId: run }));
    await happen([run, "d"]);
    await expect.poll(() => again.length).toBe(3);
    second.close();
    expect([...received, ...again].map(({ type, event }) => event?.stage ?? type)).toEqual([
      "subscribed",
      "a",
      "b",
      "subscribed",
      "c",
      "d",
    ]);
  });

  test("takes a browser's token as a sub-protocol, and nobody without one", async () => {
    const browser = open({}, ["fairlead.v1", `bearer.${token}`]);
    await opened(browser);
    expect(browser.protocol).toBe("fairlead.v1");
    browser.close();
    await expect(opened(open({}))).rejects.toThrow("401");
    const agent = await it.issue({ roles: ["agent"] });
    await expect(opened(open({ authorization: `Bearer ${agent}` }))).rejects.toThrow("403");
  });

  test.each(["no JSON", '{"type":"other"}', '{"type":"subscribe","after":-1}', "x".repeat(5_000)])(
    "closes on a message that is none: %.30s",
    async (message) => {
      const socket = open();
      await opened(socket);
      socket.send(message);
      expect([1008, 1009]).toContain(await closed(socket));
    },
  );

  test("and the stream end when the token does", async () => {
    token = await it.issue({ roles: ["viewer"], seconds: 4 });
    const socket = open();
    const code = closed(socket);
    await opened(socket);
    const stream = await fetch(`${it.url}/v1/events/stream`, {
      headers: { authorization: `Bearer ${token}` },
    });
    token = await it.issue({ roles: ["viewer"] });
    expect(await code).toBe(4401);
    expect(await stream.text()).toContain(": connected");
  });

  test("a plain request to it says what it is", async () => {
    expect(await it.ask("GET", "/v1/events/socket", { token })).toMatchObject({ status: 426 });
  });
});

test("the server closes with live readers connected, and tells them", async () => {
  // Waiting until connections have been idle for long would take longer than a test may.
  const own = await temporaryApi({ patience: { keepAliveMs: 3_600_000, requestMs: 3_600_000 } });
  const headers = { authorization: `Bearer ${await own.issue()}` };
  const socket = new WebSocket(`${own.url.replace("http", "ws")}/v1/events/socket`, { headers });
  await new Promise((resolve) => socket.once("open", resolve));
  const stream = await fetch(`${own.url}/v1/events/stream`, { headers });
  const code = new Promise((resolve) => socket.once("close", resolve));
  await own.close();
  expect([1001, 1005]).toContain(await code);
  await stream.text().catch(() => "");
});

describe("live readers are bounded (CC-13)", () => {
  const socketOf = async ({ url }: TemporaryApi, bearer: string) => {
    const headers = { authorization: `Bearer ${bearer}` };
    const socket = new WebSocket(`${url.replace("http", "ws")}/v1/events/socket`, { headers });
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    return socket;
  };
  const subscribe = JSON.stringify({ type: "subscribe" });

  test("each subscription counts like a connection, and reads nothing once they are too many", async () => {
    let reads = 0;
    const stream = { points: 5, seconds: 3_600 };
    const own = await temporaryApi({
      limits: { ...usualLimits, paces: { ...usualLimits.paces, stream } },
      ports: (ports) => ({
        ...ports,
        events: { ...ports.events, last: () => ports.events.last().finally(() => (reads += 1)) },
      }),
    });
    const socket = await socketOf(own, await own.issue());
    const code = new Promise<number>((resolve) => socket.once("close", resolve));
    for (let sent = 0; sent < 50; sent += 1) socket.send(subscribe);
    expect(await code).toBe(4429);
    expect(reads).toBeLessThan(stream.points);
    const refused = {
      ...{ type: "request.refused", route: "openEventSocket" },
      ...{ reason: "rate-limit", why: "endpoint" },
    };
    expect(own.events).toContainEqual(refused);
    await own.close();
  });

  test("of two subscriptions at once only the newer one is answered", async () => {
    const asked: (() => void)[] = [];
    const own = await temporaryApi({
      ports: (ports) => ({
        ...ports,
        events: {
          ...ports.events,
          last: () => new Promise((resolve) => asked.push(() => resolve(asked.length))),
          list: async () => [],
        },
      }),
    });
    const socket = await socketOf(own, await own.issue());
    const received: unknown[] = [];
    socket.on("message", (data) => received.push(JSON.parse(String(data))));
    socket.send(subscribe);
    await expect.poll(() => asked.length).toBe(1);
    socket.send(JSON.stringify({ type: "subscribe", after: 7 }));
    await expect.poll(() => received).toEqual([{ type: "subscribed", after: 7 }]);
    asked[0]?.();
    socket.send(JSON.stringify({ type: "subscribe", after: 8 }));
    await expect.poll(() => received.length).toBeGreaterThan(1);
    expect(received).toEqual([
      { type: "subscribed", after: 7 },
      { type: "subscribed", after: 8 },
    ]);
    socket.terminate();
    await own.close();
  });

  test("one subject has so many at once, and a place is free again when a reader goes", async () => {
    const stream = { points: 10_000, seconds: 10 };
    const own = await temporaryApi({ limits: { ...usualLimits, paces: { ...usualLimits.paces, stream } } });
    const bearer = await own.issue();
    const sockets: WebSocket[] = [];
    for (let open = 0; open < readersAtOnce; open += 1) sockets.push(await socketOf(own, bearer));
    const refused = await socketOf(own, bearer);
    expect(await new Promise<number>((resolve) => refused.once("close", resolve))).toBe(4429);
    const stop = new AbortController();
    const streamStatus = async (asking: string) =>
      (
        await fetch(`${own.url}/v1/events/stream`, {
          headers: { authorization: `Bearer ${asking}` },
          signal: stop.signal,
        })
      ).status;
    expect(await streamStatus(bearer)).toBe(429);
    expect(await streamStatus(await own.issue({ subject: "bob" }))).toBe(200);
    sockets.pop()?.terminate();
    await expect.poll(() => streamStatus(bearer), { timeout: 10_000 }).toBe(200);
    stop.abort();
    for (const socket of sockets) socket.terminate();
    await own.close();
  });

  test("what needs no token is bounded for each address, but for the signs of life", async () => {
    const own = await temporaryApi();
    const ask = async (path: string) => (await own.ask("GET", path)).status;
    const seen = new Set<number>();
    for (let asked = 0; asked < 1_100; asked += 50)
      for (const status of await Promise.all(Array.from({ length: 50 }, () => ask("/metrics"))))
        seen.add(status);
    expect(seen).toEqual(new Set([200, 429]));
    expect([await ask("/readyz"), await ask("/livez"), await ask("/healthz")]).toEqual([429, 200, 200]);
    await own.close();
  });
});
