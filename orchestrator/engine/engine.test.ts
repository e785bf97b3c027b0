import { expect, onTestFinished, test } from "vitest";
import { runRequest } from "../domain/run.ts";
import { listAudit } from "../store/audit.ts";
import { listEvents } from "../store/events.ts";
import { countActiveRuns, findRun } from "../store/runs.ts";
import { storeSteps } from "../store/temporary-store.ts";
import { caller, engineOfTests } from "./engine-of-test.ts";

const tried = engineOfTests();

test("a run does its steps in the order of their needs, each given what those before came to", async () => {
  await storeSteps(tried.store, "diamond", {
    last: { needs: ["left", "right"] },
    left: { needs: ["first"], input: { script: { output: "L", tokens: 5, costUsd: 0.5 } } },
    right: { needs: ["first"], input: { script: { output: { r: 1 }, latencyMs: 1_000 } } },
    first: {},
  });
  const run = await tried.until(
    (await tried.accept("diamond", { input: { goal: "x" }, labels: { team: "a" } })).id,
  );
  expect(run).toMatchObject({ state: "succeeded", tokens: 5, costUsd: 0.5, requestedBy: "ann" });
  expect(run.steps.map(({ id, state }) => `${id} ${state}`)).toEqual(
    ["last", "left", "right", "first"].map((id) => `${id} succeeded`),
  );
  const order = tried.worked.map((key) => key.split("/")[1]);
  expect(order[0]).toBe("first");
  expect(order[3]).toBe("last");
  const events = await listEvents(tried.store.pool, { after: 0, limit: 100, runId: run.id });
  expect(events.map(({ type }) => type).filter((type) => type.startsWith("run."))).toEqual([
    "run.accepted",
    "run.started",
    "run.finished",
  ]);
  expect(events.filter(({ type }) => type === "step.finished")).toHaveLength(4);
  await expect
    .poll(() => tried.observed.filter((e) => "runId" in e && e.runId === run.id))
    .toHaveLength(events.length);
  expect((await listAudit(tried.store.pool, { project: "shop", limit: 1 })).items[0]).toMatchObject({
    actor: "ann",
    action: "run.accept",
    object: `run/${run.id}`,
  });
});

test("a step is tried as often as its definition says; what needs a failed one is skipped, the rest goes on", async () => {
  await storeSteps(tried.store, "flaky", {
    flaky: { input: { script: { failures: 2 } }, attempts: 3 },
    broken: { input: { script: { failures: 9 } }, attempts: 2 },
    final: { input: { script: { failures: 9, permanent: true } }, attempts: 5 },
    after: { needs: ["broken"] },
  });
  const run = await tried.until((await tried.accept("flaky")).id);
  expect(run.state).toBe("failed");
  expect(run.error).toBe("broken: scripted failure 2");
  const steps = Object.fromEntries(run.steps.map((step) => [step.id, `${step.state} ${step.attempt}`]));
  expect(steps).toEqual({ flaky: "succeeded 3", broken: "failed 2", final: "failed 1", after: "skipped 1" });
  expect(tried.worked).toHaveLength(6);
});

test("what failed attempts cost is in their run's sum, and so is what agents took whose answers are not used", async () => {
  const spent = { tokens: 10, costUsd: 0.5, evidenceBytes: 100 };
  await storeSteps(tried.store, "costly", {
    flaky: { input: { script: { ...spent, failures: 2 } }, attempts: 3 },
    broken: { input: { script: { ...spent, failures: 9, permanent: true } } },
    several: { input: { script: { ...spent, failures: 9 } }, answers: 2, attempts: 1 },
  });
  const run = await tried.until((await tried.accept("costly")).id);
  // Three attempts, one, and one of two agents.
  expect(run).toMatchObject({ state: "failed", tokens: 60, costUsd: 3 });
  const rows = await tried.store.pool.query(
    "SELECT step_id, tokens, evidence_bytes FROM steps WHERE run_id = $1 ORDER BY step_id",
    [run.id],
  );
  expect(rows.rows).toEqual([
    { step_id: "broken", tokens: 10, evidence_bytes: 100 },
    { step_id: "flaky", tokens: 30, evidence_bytes: 300 },
    { step_id: "several", tokens: 20, evidence_bytes: 200 },
  ]);
});

test("a step that takes too long fails, even when its worker does not heed the signal", async () => {
  await storeSteps(tried.store, "slow", {
    slow: { input: { script: { latencyMs: 3_000_000 } }, attempts: 1 },
  });
  const run = await tried.until((await tried.accept("slow")).id);
  expect(run.steps[0]?.error).toBe("took longer than 60 s");
});

test("the same idempotency key gives the same run, also at the same moment; another request under it is refused", async () => {
  await storeSteps(tried.store, "once", { a: {} });
  const ask = (input: unknown, by = "ann") =>
    tried.engine.accept(runRequest.parse({ workflow: "once", input: { input }, idempotencyKey: "k1" }), {
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
  await tried.until(id);
  expect(tried.worked.filter((key) => key.startsWith(id))).toHaveLength(1);
});

test("an unknown workflow or dependency, another project's, and a full queue are refused", async () => {
  const ask = async (request: Record<string, unknown>, project = "shop") =>
    tried.engine.accept(runRequest.parse(request), { ...caller, project });
  expect(await ask({ workflow: "nowhere" })).toEqual({ kind: "unknown-workflow" });
  expect(await ask({ workflow: "once" }, "other")).toEqual({ kind: "unknown-workflow" });
  const stranger = "00000000-0000-4000-8000-000000000000";
  expect(await ask({ workflow: "once", after: [stranger] })).toEqual({
    kind: "unknown-run",
    ids: [stranger],
  });
  // Runs of the tests before may still wait.
  await expect.poll(async () => (await countActiveRuns(tried.store.pool)).queued ?? 0).toBe(0);
  tried.limit = 0;
  onTestFinished(() => {
    tried.limit = 10;
  });
  const answers = await Promise.all(Array.from({ length: 60 }, () => ask({ workflow: "once" })));
  expect(answers.filter(({ kind }) => kind === "accepted")).toHaveLength(50);
  expect(answers.at(-1)).toEqual({ kind: "queue-full", queued: 50 });
  tried.limit = 10;
  for (const answer of answers) if ("run" in answer) await tried.until(answer.run.id);
});

test("a run starts after those that it depends on have succeeded, and fails with the first that does not", async () => {
  await storeSteps(tried.store, "short", { a: { input: { script: { latencyMs: 2_000 } } } });
  const first = await tried.accept("short");
  const second = await tried.accept("once", { after: [first.id], priority: "urgent" });
  expect((await tried.until(second.id)).state).toBe("succeeded");
  const [a, b] = await Promise.all([
    findRun(tried.store.pool, first.id),
    findRun(tried.store.pool, second.id),
  ]);
  expect(Date.parse(b?.startedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(a?.finishedAt ?? ""));

  await storeSteps(tried.store, "fails", {
    a: { input: { script: { failures: 9, latencyMs: 2_000 } }, attempts: 1 },
  });
  const bad = await tried.accept("fails");
  const third = await tried.accept("once", { after: [bad.id] });
  const fourth = await tried.accept("once", { after: [third.id] });
  expect(await tried.until(fourth.id)).toMatchObject({
    state: "failed",
    error: "a run that it depends on did not succeed",
  });
  expect((await tried.until(third.id)).state).toBe("failed");
});

test("WV-13: no more runs at once than the limit, urgent ones first", async () => {
  await storeSteps(tried.store, "timed", { a: { input: { script: { latencyMs: 1_500 } } } });
  tried.limit = 0;
  const low = await Promise.all([1, 2, 3].map(() => tried.accept("timed", { priority: "low" })));
  const urgent = await Promise.all([1, 2, 3].map(() => tried.accept("timed", { priority: "urgent" })));
  tried.limit = 3;
  const ended = await Promise.all([...low, ...urgent].map(({ id }) => tried.until(id)));
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
  tried.limit = 10;
});

test("a dry run is validated, queued, and dropped before anything is done", async () => {
  const run = await tried.until((await tried.accept("diamond", { dryRun: true })).id);
  expect(run.state).toBe("succeeded");
  expect(new Set(run.steps.map(({ state }) => state))).toEqual(new Set(["skipped"]));
  expect(tried.worked).toEqual([]);
});

test("NX: a run of one step of kind echo is answered when it is accepted", async () => {
  const run = await tried.accept("echo", { input: { text: "hello" } });
  expect(run).toMatchObject({
    state: "succeeded",
    steps: [{ id: "echo", state: "succeeded", output: { text: "hello" } }],
  });
  expect(await findRun(tried.store.pool, run.id)).toMatchObject({
    state: "succeeded",
    steps: [{ output: { text: "hello" } }],
  });
});

test("CC-5: deleting a workflow deletes its runs, those under way too, and DBOS's rows of them", async () => {
  await storeSteps(tried.store, "deleted", { a: { timeoutSeconds: 86_400 } });
  tried.holdStep("a");
  const run = await tried.accept("deleted");
  await tried.until(run.id, "running");
  await expect.poll(() => tried.worked).toContain(`${run.id}/a/1`);
  expect(await tried.engine.deleteWorkflow({ project: "shop", name: "deleted" })).toBe(true);
  expect(await tried.engine.deleteWorkflow({ project: "shop", name: "deleted" })).toBe(false);
  expect(await findRun(tried.store.pool, run.id)).toBeUndefined();
  const { rows } = await tried.store.pool.query(
    "SELECT 1 FROM dbos.workflow_status WHERE workflow_uuid = $1",
    [run.id],
  );
  expect(rows).toEqual([]);
});

test("what agents and clients send cannot break the journal: zero bytes, half characters, long texts", async () => {
  const odd = { zero: "a\u0000b", half: "\ud800x", "key\u0000": ["\udc00"], escaped: "\\u0000", emoji: "😀" };
  await storeSteps(tried.store, "odd", { a: {} });
  const run = await tried.until((await tried.accept("odd", { input: odd })).id);
  expect(run.steps[0]?.output).toEqual({
    zero: "a\ufffdb",
    half: "\ufffdx",
    "key\ufffd": ["\ufffd"],
    escaped: "\\u0000",
    emoji: "😀",
  });
  expect(
    tried.errors
      .map(({ message }) => message)
      .filter((message) => !/no longer owned|Waiting for|missing|does not exist|foreign key/.test(message)),
  ).toEqual([]);
});
