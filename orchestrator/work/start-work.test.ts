import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Clock, scaledClock, wallClock } from "../clock.ts";
import { findRun } from "../store/runs.ts";
import { storeSteps } from "../store/temporary-store.ts";
import { traceOf } from "../telemetry/tracing.ts";
import { modelKey, serviceWithModels, type TriedModels } from "./models-of-test.ts";

const think = { think: { input: { stage: "think" } } };

describe("work by models and tools, in a whole service", () => {
  test("a workflow is done by tool and model; costs, evidence, metrics and traces tell of it (CC-4, WV-14)", async () => {
    const tried = await serviceWithModels();
    tried.anthropic.follow({ answers: ['{"verdict":"approved"}'], latencyMs: { from: 0, to: 1 } });
    await storeSteps(tried.store, "review", {
      find: { input: { tool: "search-code", question: "parse header", stage: "plan" } },
      judge: { needs: ["find"], input: { stage: "review" } },
      scripted: { needs: ["judge"], input: { script: { output: "by script" } } },
    });
    const run = await tried.until((await tried.accept("review", { title: modelKey })).id);
    expect(run).toMatchObject({ state: "succeeded" });
    expect(run.steps.map(({ output }) => output)).toEqual([
      { verdict: "approved" },
      { verdict: "approved" },
      "by script",
    ]);
    const calls = await tried.events("model.called");
    expect(calls).toHaveLength(2);
    const sum = (of: (call: (typeof calls)[number]) => number) =>
      calls.reduce((all, call) => all + of(call), 0);
    expect(run.tokens).toBe(sum(({ inputTokens, outputTokens }) => inputTokens + outputTokens));
    expect(run.costUsd).toBeCloseTo(
      sum(({ costUsd }) => costUsd),
      12,
    );
    const files = await readdir(join(tried.folder, "evidence", run.id));
    expect(files.sort()).toEqual(["find-1.json", "judge-1.json"]);
    const evidence = await readFile(join(tried.folder, "evidence", run.id, "find-1.json"), "utf8");
    expect(JSON.parse(evidence)).toMatchObject({ found: expect.stringContaining("header") });
    expect(evidence).not.toContain(modelKey);
    expect(await tried.metrics("autopilot")).toMatch(
      /gen_ai_client_token_usage_count\{[^}]*gen_ai_provider_name="anthropic"[^}]*stage="review"/,
    );
    await tried.service.stop(1_000);
    const own = tried.traces.spans().filter(({ traceId }) => traceId === traceOf(run.id).traceId);
    const named = new Map(own.map((span) => [span.name, span]));
    expect([...named.keys()].sort()).toEqual([
      "chat small",
      "execute_tool search-code",
      "invoke_agent scripted",
      "invoke_workflow review",
    ]);
    const agents = own.filter(({ name }) => name === "invoke_agent scripted").map(({ spanId }) => spanId);
    expect(agents).toContain(named.get("chat small")?.parentSpanId);
    expect(agents).toContain(named.get("execute_tool search-code")?.parentSpanId);
    const attributes = named.get("chat small")?.attributes.map(({ key }) => key);
    expect(attributes).toEqual(
      expect.arrayContaining(["gen_ai.provider.name", "gen_ai.usage.output_tokens"]),
    );
  });

  test("a run of the pipeline that says how its work goes asks no model (WV-15)", async () => {
    const tried = await serviceWithModels();
    const same = { outcome: "failed", reason: "tests-failed", fingerprint: "the same" };
    const { id } = await tried.accept("pipeline", { script: { implement: { outputs: [same, same] } } });
    expect(await tried.until(id)).toMatchObject({ state: "failed" });
    expect(await tried.events("resolution.infinite")).toHaveLength(1);
    expect(await tried.events("model.called")).toEqual([]);
  });

  test("the first provider is left after five failures, and tried again after a minute (WV-11)", async () => {
    const clock = leapingClock();
    const tried = await serviceWithModels({ clock });
    await storeSteps(tried.store, "work", think);
    tried.anthropic.follow({ down: true });
    const done = async () => (await tried.until((await tried.accept("work")).id)).state;
    for (let i = 0; i < 5; i++) expect(await done()).toBe("succeeded");
    const asked = tried.anthropic.calls().received;
    expect(asked).toBe(5);
    const opened = await tried.untilEvents("breaker.changed", (events) => events.length > 0);
    expect(opened).toMatchObject([{ breaker: "model-provider", state: "open" }]);
    expect(await done()).toBe("succeeded");
    expect(tried.anthropic.calls().received).toBe(asked);
    expect(await tried.events("failure.handled")).toEqual(
      Array.from({ length: 5 }, () => expect.objectContaining({ resolution: "self-healed" })),
    );
    tried.anthropic.follow({ latencyMs: { from: 0, to: 1 } });
    clock.leap(60_000);
    // The first call after the minute is the trial.
    expect(await done()).toBe("succeeded");
    expect(tried.anthropic.calls().answered).toBe(1);
    const changes = await tried.untilEvents("breaker.changed", (events) => events.length === 3);
    expect(changes.map(({ state, because }) => [state, because])).toEqual([
      ["open", "5 failures in a row"],
      ["half-open", "its wait is over"],
      ["closed", "the trial succeeded"],
    ]);
    expect((await tried.events("model.called")).at(-1)).toMatchObject({ provider: "anthropic", error: "" });
  });

  test("with both providers down a run is paused and the mode read-only; with one back it goes on by itself (WV-12, WV-15)", async () => {
    const tried = await serviceWithModels({ clock: scaledClock(20) });
    await storeSteps(tried.store, "work", think);
    tried.anthropic.follow({ down: true });
    tried.openai.follow({ errors: 1, errorStatus: 503 });
    const { id } = await tried.accept("work");
    await tried.until(id, "paused");
    await tried.untilEvents("mode.changed", (events) =>
      events.some(({ to, because }) => to === "read-only" && because === "model-providers-down"),
    );
    await expect(tried.accept("work")).rejects.toThrow("closed");
    expect(await tried.events("failure.handled")).toMatchObject([{ resolution: "person" }]);
    tried.openai.follow({ latencyMs: { from: 0, to: 1 } });
    const run = await tried.until(id);
    expect(run).toMatchObject({ state: "succeeded", steps: [{ attempt: 1 }] });
    // Five minutes of calm later new work is taken again.
    await tried.untilEvents("mode.changed", (events) => events.some(({ from }) => from === "read-only"));
  });

  test("answers that are no completions are the provider's failure: the back-up is asked (WV-11)", async () => {
    const tried = await serviceWithModels();
    await storeSteps(tried.store, "work", think);
    tried.anthropic.follow({ malformed: 1, latencyMs: { from: 0, to: 1 } });
    expect((await tried.until((await tried.accept("work")).id)).state).toBe("succeeded");
    expect((await tried.events("model.called")).map(({ provider, error }) => [provider, error])).toEqual([
      ["anthropic", "_OTHER"],
      ["openai", ""],
    ]);
  });

  test("no task fails from a rate limit, and the breaker stays closed (AH-8)", async () => {
    const tried = await serviceWithModels();
    await storeSteps(tried.store, "work", think);
    tried.anthropic.follow({ rateLimit: { calls: 3, perSeconds: 0.4 }, latencyMs: { from: 0, to: 1 } });
    const accepted = await Promise.all(Array.from({ length: 12 }, () => tried.accept("work")));
    const runs = await Promise.all(accepted.map(({ id }) => tried.until(id)));
    expect(runs.map(({ state }) => state)).toEqual(Array.from({ length: 12 }, () => "succeeded"));
    expect(
      (await tried.events("model.called")).filter(({ error }) => error === "429").length,
    ).toBeGreaterThan(0);
    expect(tried.openai.calls().received).toBe(0);
    expect(await tried.events("breaker.changed")).toEqual([]);
  });

  test("a task that needs more than 10,000 tokens is stopped and fails, and says so (WV-14)", async () => {
    const tried = await serviceWithModels({ models: { maxOutputTokens: 6_000 } });
    tried.anthropic.follow({ outputTokens: 6_000, latencyMs: { from: 0, to: 1 } });
    await storeSteps(tried.store, "long", { a: {}, b: { needs: ["a"] } });
    const run = await tried.until((await tried.accept("long")).id);
    expect(run).toMatchObject({
      state: "failed",
      steps: [{ state: "succeeded" }, { state: "failed", attempt: 1 }],
    });
    expect(run.error).toContain("of 10000 tokens");
    expect(await tried.events("limit.reached")).toMatchObject([{ runId: run.id, limit: "tokens" }]);
  });

  test("with the hour's 100,000 tokens used no task starts until earlier use is an hour old; running ones finish (WV-14)", async () => {
    const tried = await serviceWithModels({ clock: scaledClock(60) });
    await storeSteps(tried.store, "work", think);
    const scripted = { input: { script: { latencyMs: 50_000 } } };
    await storeSteps(tried.store, "held", {
      ...{ first: scripted, second: { ...scripted, needs: ["first"] }, last: { needs: ["second"] } },
    });
    const running = await tried.accept("held");
    await tried.until(running.id, "running");
    await tried.store.pool.query(
      "INSERT INTO token_usage (run_id, tokens, at) VALUES (gen_random_uuid(), 100000, to_timestamp($1 / 1000.0))",
      [Date.now()],
    );
    await tried.untilEvents("step.finished", (events) => events.length > 0);
    const { id } = await tried.accept("work");
    expect(await tried.until(running.id)).toMatchObject({ state: "succeeded" });
    expect(await findRun(tried.store.pool, id)).toMatchObject({ state: "queued" });
    await tried.store.pool.query("UPDATE token_usage SET at = at - interval '3 hours'");
    expect(await tried.until(id)).toMatchObject({ state: "succeeded" });
  });

  test("a tools' server that is killed is started anew, and no task fails (WV-15)", async () => {
    const tried = await serviceWithModels({ clock: scaledClock(5) });
    await storeSteps(tried.store, "ask", { ask: { input: { tool: "search-code", question: "one two" } } });
    const done = async () => (await tried.until((await tried.accept("ask")).id)).state;
    expect(await done()).toBe("succeeded");
    const before = await toolsProcess(tried);
    process.kill(before, "SIGKILL");
    expect(await done()).toBe("succeeded");
    expect(await toolsProcess(tried)).not.toBe(before);
    expect(await tried.events("failure.handled")).toMatchObject([{ resolution: "self-healed" }]);
    expect(await tried.events("incident.reported")).toEqual([]);
  });

  test("a tools' server that hangs is started anew at the third time-out; the task waits and is done (WV-11, WV-15)", async () => {
    const tried = await serviceWithModels({ clock: scaledClock(5), toolsTimeoutMs: 3_000 });
    await storeSteps(tried.store, "ask", { ask: { input: { tool: "run-tests", question: "all" } } });
    expect((await tried.until((await tried.accept("ask")).id)).state).toBe("succeeded");
    const before = await toolsProcess(tried);
    await fetch(`${tried.tools}/script`, {
      ...{ method: "PUT", headers: { "content-type": "application/json" }, body: '{"hangs":1}' },
    });
    const run = await tried.until((await tried.accept("ask")).id);
    expect(run).toMatchObject({ state: "succeeded", steps: [{ attempt: 3 }] });
    expect(await toolsProcess(tried)).not.toBe(before);
    const states = (await tried.events("breaker.changed")).map(({ breaker, state }) => [breaker, state]);
    expect(states).toEqual([
      ["mcp-server", "open"],
      ["mcp-server", "half-open"],
      ["mcp-server", "closed"],
    ]);
  });

  test("what three restarts do not mend needs people, and the task waits for them (WV-15)", async () => {
    const tried = await serviceWithModels({
      clock: scaledClock(100),
      models: { tools: { server: { command: ["/nonexistent/tools"] }, timeoutMs: 1_000 } },
    });
    await storeSteps(tried.store, "ask", { ask: { input: { tool: "run-tests", question: "all" } } });
    const { id } = await tried.accept("ask");
    const told = await tried.untilEvents("incident.reported", (events) => events.length > 0);
    expect(told).toMatchObject([{ reason: "mcp-server" }]);
    await tried.until(id, "paused");
    expect(await tried.events("failure.handled")).toMatchObject([{ resolution: "person" }]);
  });
});

async function toolsProcess({ tools }: TriedModels): Promise<number> {
  const { pid } = (await (await fetch(`${tools}/readyz`)).json()) as { pid: number };
  return pid;
}

/** The wall's clock, which leaps forward when a test says so. */
function leapingClock(): Clock & { leap(milliseconds: number): void } {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    sleep: wallClock.sleep,
    leap(milliseconds) {
      ahead += milliseconds;
    },
  };
}
