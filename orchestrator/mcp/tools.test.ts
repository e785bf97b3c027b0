import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { wallClock } from "../clock.ts";
import type { DomainEvent } from "../domain/event.ts";
import { type LocalToolServer, startLocalToolServer, type ToolOperation } from "./local-server.ts";
import { mcpTools, type Tools } from "./tools.ts";

let server: LocalToolServer;
let tools: Tools;
let events: DomainEvent[];
let operations: ToolOperation[];
let crashed: number;

beforeEach(async () => {
  [events, operations, crashed] = [[], [], 0];
  server = await startLocalToolServer({
    token: "canary-tool-token",
    onOperation: (operation) => operations.push(operation),
    crash: () => crashed++,
  });
  tools = client("canary-tool-token");
});
afterEach(async () => {
  await tools.close();
  await server.close();
});

const client = (token: string) =>
  mcpTools({
    server: { url: server.url, token },
    timeoutMs: 2_000,
    clock: wallClock,
    record: (event) => events.push(event),
  });
const ask = (question = "parse the header", of = tools) =>
  of.call("search-code", { question, runId: "r1", signal: new AbortController().signal });

describe("tools over the Model Context Protocol", () => {
  test("a tool answers, and both sides count the call", async () => {
    expect(await tools.list()).toEqual(["search-code", "run-tests"]);
    expect(await ask()).toContain("src/file-3.ts:3: header");
    expect(events).toMatchObject([
      { type: "tool.called", method: "tools/call", tool: "search-code", runId: "r1", error: "" },
    ]);
    expect(operations).toMatchObject([{ method: "tools/call", tool: "search-code", error: "" }]);
  });

  test("a tool that fails, one that hangs and one that there is not are told apart", async () => {
    server.follow({ errors: 1 });
    await expect(ask()).rejects.toMatchObject({ kind: "tool_error" });
    server.follow({ hangs: 1 });
    await expect(ask()).rejects.toMatchObject({ kind: "timeout" });
    server.follow({});
    const unknown = tools.call("no-such-tool", { question: "?", signal: new AbortController().signal });
    await expect(unknown).rejects.toMatchObject({ name: "ToolFailure" });
    expect(events.map((event) => event.type === "tool.called" && event.error).slice(0, 2)).toEqual([
      "tool_error",
      "timeout",
    ]);
  });

  test("after the server was away and came back, the next call connects anew", async () => {
    await ask();
    const port = Number(new URL(server.url).port);
    await server.close();
    await expect(ask()).rejects.toMatchObject({ kind: "connection" });
    server = await startLocalToolServer({ port, token: "canary-tool-token" });
    expect(await ask()).toContain("parse");
  });

  test("a call that is stopped ends with the reason for it", async () => {
    server.follow({ hangs: 1 });
    const stop = new AbortController();
    const call = tools.call("run-tests", { question: "all", signal: stop.signal });
    setTimeout(() => stop.abort(new Error("emergency stop")), 50);
    await expect(call).rejects.toThrow("emergency stop");
  });

  test("without the right token nothing is answered, and no error repeats it (CC-12)", async () => {
    const stranger = client("canary-wrong-token");
    const error = await ask("anything", stranger).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: "connection" });
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain("canary");
    await stranger.close();
  });

  test("a scripted crash comes at the next call", async () => {
    server.follow({ crash: true });
    await ask().catch(() => undefined);
    expect(crashed).toBeGreaterThan(0);
  });
});
