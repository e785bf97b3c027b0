import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { scaledClock } from "../clock.ts";
import type { DomainEvent } from "../domain/event.ts";
import { runRequest } from "../domain/run.ts";
import { orderRuns } from "../scheduler/order-runs.ts";
import { listApprovals } from "../store/approvals.ts";
import { listAudit } from "../store/audit.ts";
import type { Store } from "../store/database.ts";
import { listEvents } from "../store/events.ts";
import { findRun } from "../store/runs.ts";
import { storeSteps, temporaryStore } from "../store/temporary-store.ts";
import { type Engine, startEngine } from "./engine.ts";
import { scriptedWorker } from "./scripted-worker.ts";

const clock = scaledClock(50);
const observed: DomainEvent[] = [];
const worked: string[] = [];
const errors: Error[] = [];
let limit = 10;
let store: Store;
let engine: Engine;

beforeAll(async () => {
  store = await temporaryStore();
  engine = await startEngine(store, {
    worker: scriptedWorker({
      clock,
      log: async ({ key, phase }) => {
        if (phase === "began") worked.push(key);
      },
    }),
    order: orderRuns,
    clock,
    limit: () => limit,
    queueLimit: 50,
    observe: (event) => observed.push(event),
    onError: (error) => errors.push(error),
  });
});
afterAll(async () => {
  await engine.drain(1_000);
  await store.close();
});
beforeEach(() => {
  worked.length = 0;
});

const caller = { subject: "ann", project: "shop", source: "api", requestId: "r1" } as const;

async function accept(workflow: string, more: Record<string, unknown> = {}, by = "ann") {
  const acceptance = await engine.accept(runRequest.parse({ workflow, ...more }), { ...caller, subject: by });
  if (!("run" in acceptance)) throw new Error(acceptance.kind);
  return acceptance.run;
}

async function untilRun(
  id: string,
  wanted: string | readonly string[] = ["succeeded", "failed", "cancelled"],
) {
  for (;;) {
    const run = await findRun(store.pool, id);
    if (run && wanted.includes(run.state)) return run;
    await new Promise((done) => setTimeout(done, 10));
  }
}

test("a run does its steps in the order of their needs, each given what those before came to", async () => {
  await storeSteps(store, "diamond", {
    last: { needs: ["left", "right"] },
    left: { needs: ["first"], input: { script: { output: "L", tokens: 5, costUsd: 0.5 } } },
    right: { needs: ["first"], input: { script: { output: { r: 1 }, latencyMs: 1_000 } } },
    first: {},
  });
  const run = await untilRun((await accept("diamond", { input: { goal: "x" }, labels: { team: "a" } })).id);
  expect(run).toMatchObject({ state: "succeeded", tokens: 5, costUsd: 0.5, requestedBy: "ann" });
  expect(run.steps.map(({ id, state }) => `${id} ${state}`)).toEqual(
    ["last", "left", "right", "first"].map((id) => `${id} succeeded`),
  );
  const order = worked.map((key) => key.split("/")[1]);
  expect(order[0]).toBe("first");
  expect(order[3]).toBe("last");
  const events = await listEvents(store.pool, { after: 0, limit: 100, runId: run.id });
  expect(events.map(({ type }) => type).filter((type) => type.startsWith("run."))).toEqual([
    "run.accepted",
    "run.started",
    "run.finished",
  ]);
  expect(events.filter(({ type }) => type === "step.finished")).toHaveLength(4);
  expect(observed.filter((e) => "runId" in e && e.runId === run.id)).toHaveLength(events.length);
  expect((await listAudit(store.pool, { project: "shop", limit: 1 })).items[0]).toMatchObject({
    actor: "ann",
    action: "run.accept",
    object: `run/${run.id}`,
  });
});

test("a step is tried as often as its definition says; what needs a failed one is skipped, the rest goes on", async () => {
  await storeSteps(store, "flaky", {
    flaky: { input: { script: { failures: 2 } }, attempts: 3 },
    broken: { input: { script: { failures: 9 } }, attempts: 2 },
    final: { input: { script: { failures: 9, permanent: true } }, attempts: 5 },
    after: { needs: ["broken"] },
  });
  const run = await untilRun((await accept("flaky")).id);
  expect(run.state).toBe("failed");
  expect(run.error).toBe("broken: scripted failure 2");
  const steps = Object.fromEntries(run.steps.map((step) => [step.id, `${step.state} ${step.attempt}`]));
  expect(steps).toEqual({ flaky: "succeeded 3", broken: "failed 2", final: "failed 1", after: "skipped 1" });
  expect(worked).toHaveLength(6);
});

test("a step that takes too long fails, even when its worker does not heed the signal", async () => {
  await storeSteps(store, "slow", { slow: { input: { script: { latencyMs: 3_000_000 } }, attempts: 1 } });
  const run = await untilRun((await accept("slow")).id);
  expect(run.steps[0]?.error).toBe("took longer than 60 s");
});

test("the same idempotency key gives the same run, also at the same moment; another request under it is refused", async () => {
  await storeSteps(store, "once", { a: {} });
  const ask = (input: unknown, by = "ann") =>
    engine.accept(runRequest.parse({ workflow: "once", input: { input }, idempotencyKey: "k1" }), {
      ...caller,
      subject: by,
    });
  const answers = await Promise.all([1, 1, 1, 1].map((n) => ask(n)));
  const ids = new Set(answers.map((answer) => ("run" in answer ? answer.run.id : answer.kind)));
  expect(ids.size).toBe(1);
  expect(answers.map(({ kind }) => kind).sort()).toEqual(["accepted", "repeated", "repeated", "repeated"]);
  expect((await ask(1)).kind).toBe("repeated");
  expect((await ask(2)).kind).toBe("key-reused");
  expect((await ask(2, "bob")).kind).toBe("accepted");
  const [id = ""] = ids;
  await untilRun(id);
  expect(worked.filter((key) => key.startsWith(id))).toHaveLength(1);
});

test("an unknown workflow or dependency, another project's, and a full queue are refused", async () => {
  const ask = async (request: Record<string, unknown>, project = "shop") =>
    engine.accept(runRequest.parse(request), { ...caller, project });
  expect(await ask({ workflow: "nowhere" })).toEqual({ kind: "unknown-workflow" });
  expect(await ask({ workflow: "once" }, "other")).toEqual({ kind: "unknown-workflow" });
  const stranger = "00000000-0000-4000-8000-000000000000";
  expect(await ask({ workflow: "once", after: [stranger] })).toEqual({
    kind: "unknown-run",
    ids: [stranger],
  });
  limit = 0;
  const answers = await Promise.all(Array.from({ length: 60 }, () => ask({ workflow: "once" })));
  expect(answers.filter(({ kind }) => kind === "accepted")).toHaveLength(50);
  expect(answers.at(-1)).toEqual({ kind: "queue-full", queued: 50 });
  limit = 10;
  for (const answer of answers) if ("run" in answer) await untilRun(answer.run.id);
});

test("a run starts after those that it depends on have succeeded, and fails with the first that does not", async () => {
  await storeSteps(store, "short", { a: { input: { script: { latencyMs: 2_000 } } } });
  const first = await accept("short");
  const second = await accept("once", { after: [first.id], priority: "urgent" });
  expect((await untilRun(second.id)).state).toBe("succeeded");
  const [a, b] = await Promise.all([findRun(store.pool, first.id), findRun(store.pool, second.id)]);
  expect(Date.parse(b?.startedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(a?.finishedAt ?? ""));

  await storeSteps(store, "fails", {
    a: { input: { script: { failures: 9, latencyMs: 2_000 } }, attempts: 1 },
  });
  const bad = await accept("fails");
  const third = await accept("once", { after: [bad.id] });
  const fourth = await accept("once", { after: [third.id] });
  expect(await untilRun(fourth.id)).toMatchObject({
    state: "failed",
    error: "a run that it depends on did not succeed",
  });
  expect((await untilRun(third.id)).state).toBe("failed");
});

test("WV-13: no more runs at once than the limit, urgent ones first", async () => {
  await storeSteps(store, "timed", { a: { input: { script: { latencyMs: 1_500 } } } });
  limit = 0;
  const low = await Promise.all([1, 2, 3].map(() => accept("timed", { priority: "low" })));
  const urgent = await Promise.all([1, 2, 3].map(() => accept("timed", { priority: "urgent" })));
  limit = 3;
  const ended = await Promise.all([...low, ...urgent].map(({ id }) => untilRun(id)));
  const moments = ended.map((run) => ({
    start: Date.parse(run.startedAt ?? ""),
    end: Date.parse(run.finishedAt ?? ""),
  }));
  for (const { start } of moments)
    expect(moments.filter((other) => other.start <= start && start < other.end).length).toBeLessThanOrEqual(
      3,
    );
  const starts = moments.map(({ start }) => start);
  expect(Math.max(...starts.slice(3))).toBeLessThan(Math.min(...starts.slice(0, 3)));
  limit = 10;
});

test("CC-7: a step that needs approval waits for a person, and never runs before one who did not ask for it approved", async () => {
  const { definition } = await storeSteps(store, "patch", { patch: {} });
  Object.assign(definition.steps[0] ?? {}, { risk: "APPROVAL_REQUIRED", approver: "lead" });
  await store.pool.query("UPDATE workflows SET definition = $1 WHERE name = 'patch'", [
    JSON.stringify(definition),
  ]);
  const runs = await Promise.all([accept("patch"), accept("patch"), accept("patch")]);
  for (const { id } of runs) await untilRun(id, "waiting-for-approval");
  expect(worked).toEqual([]);
  const { items } = await listApprovals(store.pool, { project: "shop", pending: true, limit: 10 });
  expect(items.map(({ role }) => role)).toEqual(["lead", "lead", "lead"]);
  const of = (index: number) => items.find(({ runId }) => runId === runs[index]?.id)?.id ?? "";
  expect(await engine.decide({ id: of(0), decision: "approved", by: "ann" })).toBeUndefined();
  expect(await engine.decide({ id: of(0), decision: "approved", by: "bob" })).toMatchObject({
    state: "approved",
  });
  expect(await engine.decide({ id: of(1), decision: "rejected", by: "bob" })).toMatchObject({
    state: "rejected",
  });
  await engine.cancel(runs[2]?.id ?? "");
  const ended = await Promise.all(runs.map(({ id }) => untilRun(id)));
  expect(ended.map(({ state }) => state)).toEqual(["succeeded", "failed", "cancelled"]);
  expect(ended[1]?.error).toBe("patch: rejected by bob");
  expect(worked).toEqual([`${runs[0]?.id}/patch/1`]);
  const types = (await listEvents(store.pool, { after: 0, limit: 50, runId: runs[0]?.id ?? "" })).map(
    ({ type }) => type,
  );
  expect(types).toContain("approval.requested");
  expect(types).toContain("approval.decided");
  const left = await store.pool.query("SELECT state FROM approvals WHERE run_id = $1", [runs[2]?.id]);
  expect(left.rows).toEqual([{ state: "withdrawn" }]);
});

test("WV-12: a held run keeps its state and goes on later; Emergency Stop holds all and starts none", async () => {
  await storeSteps(store, "two-steps", {
    a: { input: { script: { latencyMs: 2_000 } } },
    b: { needs: ["a"] },
  });
  const one = await accept("two-steps");
  await untilRun(one.id, "running");
  await engine.hold(one.id);
  const held = await untilRun(one.id, "paused");
  expect(held.steps.map(({ state }) => state)).toEqual(["succeeded", "waiting"]);
  await engine.release(one.id);
  expect((await untilRun(one.id)).state).toBe("succeeded");

  const running = await accept("two-steps");
  await untilRun(running.id, "running");
  await engine.pauseAll();
  await untilRun(running.id, "paused");
  const queued = await accept("once");
  await new Promise((done) => setTimeout(done, 200));
  expect((await findRun(store.pool, queued.id))?.state).toBe("queued");
  await engine.resumeAll();
  expect((await untilRun(running.id)).state).toBe("succeeded");
  expect((await untilRun(queued.id)).state).toBe("succeeded");
});

test("a cancelled run ends at once, whether it waits or works; what has ended stays as it is", async () => {
  await storeSteps(store, "long", { a: { input: { script: { latencyMs: 50_000 } } }, b: { needs: ["a"] } });
  const working = await accept("long");
  await untilRun(working.id, "running");
  expect(await engine.cancel(working.id)).toBe(true);
  const ended = await untilRun(working.id);
  expect(ended.state).toBe("cancelled");
  expect(ended.steps.map(({ state }) => state)).toEqual(["skipped", "skipped"]);
  expect(await engine.cancel(working.id)).toBe(false);
  limit = 0;
  const waiting = await accept("long");
  expect(await engine.cancel(waiting.id)).toBe(true);
  expect((await findRun(store.pool, waiting.id))?.state).toBe("cancelled");
  limit = 10;
});

test("a dry run is validated, queued, and dropped before anything is done", async () => {
  const run = await untilRun((await accept("diamond", { dryRun: true })).id);
  expect(run.state).toBe("succeeded");
  expect(new Set(run.steps.map(({ state }) => state))).toEqual(new Set(["skipped"]));
  expect(worked).toEqual([]);
});

test("NX: a run of one step of kind echo is answered when it is accepted", async () => {
  const run = await accept("echo", { input: { text: "hello" } });
  expect(run).toMatchObject({
    state: "succeeded",
    steps: [{ id: "echo", state: "succeeded", output: { text: "hello" } }],
  });
  expect(await findRun(store.pool, run.id)).toMatchObject({
    state: "succeeded",
    steps: [{ output: { text: "hello" } }],
  });
});

test("CC-5: deleting a workflow deletes its runs, those under way too, and DBOS's rows of them", async () => {
  await storeSteps(store, "deleted", { a: { input: { script: { latencyMs: 50_000 } } } });
  const run = await accept("deleted");
  await untilRun(run.id, "running");
  await expect.poll(() => worked).toContain(`${run.id}/a/1`);
  expect(await engine.deleteWorkflow({ project: "shop", name: "deleted" })).toBe(true);
  expect(await engine.deleteWorkflow({ project: "shop", name: "deleted" })).toBe(false);
  expect(await findRun(store.pool, run.id)).toBeUndefined();
  const { rows } = await store.pool.query("SELECT 1 FROM dbos.workflow_status WHERE workflow_uuid = $1", [
    run.id,
  ]);
  expect(rows).toEqual([]);
});

test("what agents and clients send cannot break the journal: zero bytes, half characters, long texts", async () => {
  const odd = { zero: "a\u0000b", half: "\ud800x", "key\u0000": ["\udc00"], escaped: "\\u0000", emoji: "😀" };
  await storeSteps(store, "odd", { a: {} });
  const run = await untilRun((await accept("odd", { input: odd })).id);
  expect(run.steps[0]?.output).toEqual({
    zero: "a\ufffdb",
    half: "\ufffdx",
    "key\ufffd": ["\ufffd"],
    escaped: "\\u0000",
    emoji: "😀",
  });
  expect(
    errors
      .map(({ message }) => message)
      .filter((message) => !/no longer owned|Waiting for|missing|does not exist/.test(message)),
  ).toEqual([]);
});
