import { afterAll, beforeAll, expect, test } from "vitest";
import { decideApproval, listApprovals, requestApproval } from "./approvals.ts";
import { appendAudit, listAudit } from "./audit.ts";
import type { Store } from "./database.ts";
import { insertEvents, lastEventId, listEvents } from "./events.ts";
import { listFlags, storeFlag } from "./flags.ts";
import { newRunId } from "./run-id.ts";
import { countActiveRuns, deleteWorkflow, findRun, insertRuns, listRuns, type NewRun } from "./runs.ts";
import { readSharedState, replaceSharedState } from "./shared-states.ts";
import { storeSteps, temporaryStore } from "./temporary-store.ts";
import { currentWorkflow, listWorkflows } from "./workflows.ts";

let store: Store;
beforeAll(async () => {
  store = await temporaryStore();
});
afterAll(() => store.close());

function aRun(workflow: string, changes: Partial<NewRun> = {}): NewRun {
  return {
    id: newRunId(),
    project: "shop",
    workflowProject: "shop",
    workflow,
    workflowVersion: 1,
    priority: "normal",
    source: "api",
    input: {},
    labels: {},
    after: [],
    dryRun: false,
    requestedBy: "ann",
    ...changes,
  };
}

test("a workflow that is stored again unchanged stays at its version, a changed one gets the next", async () => {
  const first = await storeSteps(store, "versions", { a: {} });
  expect(first.version).toBe(1);
  expect((await storeSteps(store, "versions", { a: {} })).version).toBe(1);
  expect((await storeSteps(store, "versions", { a: {}, b: {} })).version).toBe(2);
  const current = await currentWorkflow(store.pool, { project: "shop", name: "versions" });
  expect(current?.definition.steps).toHaveLength(2);
  expect(await currentWorkflow(store.pool, { project: "other", name: "versions" })).toBeUndefined();
});

test("workflows and runs are listed page by page, each once", async () => {
  for (const name of ["page-a", "page-b", "page-c"]) await storeSteps(store, name, { a: {} });
  const runs = Array.from({ length: 7 }, () => aRun("page-a", { project: "pages", workflowProject: "shop" }));
  await insertRuns(store.pool, runs);
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listRuns(store.pool, { project: "pages", limit: 3, ...(cursor && { cursor }) });
    seen.push(...page.items.map((run) => run.id));
    cursor = page.next;
  } while (cursor);
  expect(seen).toEqual(runs.map((run) => run.id).reverse());
  const names = await listWorkflows(store.pool, { project: "shop", limit: 2, cursor: "page-a" });
  expect(names.items.map((item) => item.definition.name)).toEqual(["page-b", "page-c"]);
});

test("a run is read with its dependencies, and steps that have not begun are waiting", async () => {
  await storeSteps(store, "two", { first: {}, second: { needs: ["first"] } });
  const before = aRun("two");
  const run = aRun("two", {
    after: [before.id],
    input: { text: "'; DROP TABLE runs; --" },
    labels: { team: "a" },
  });
  await insertRuns(store.pool, [before, run]);
  expect(await findRun(store.pool, run.id)).toMatchObject({
    id: run.id,
    state: "queued",
    after: [before.id],
    input: run.input,
    labels: run.labels,
    steps: [
      { id: "first", state: "waiting", attempt: 1 },
      { id: "second", state: "waiting", attempt: 1 },
    ],
  });
  expect((await countActiveRuns(store.pool)).queued).toBeGreaterThanOrEqual(2);
});

test("deleting a workflow deletes its runs and their events (CC-5)", async () => {
  await storeSteps(store, "doomed", { a: {} });
  const run = aRun("doomed");
  await insertRuns(store.pool, [run]);
  await insertEvents(store.pool, [
    { type: "stage.entered", runId: run.id, stage: "spec", at: new Date().toISOString() },
  ]);
  const deleted = await store.transaction((db) => deleteWorkflow(db, { project: "shop", name: "doomed" }));
  expect(deleted).toEqual({ found: true, runs: [run.id] });
  expect(await findRun(store.pool, run.id)).toBeUndefined();
  expect(await listEvents(store.pool, { after: 0, limit: 10, runId: run.id })).toEqual([]);
});

test("an approval is decided once, and never by who asked for the run (CC-7)", async () => {
  await storeSteps(store, "approved", { a: {} });
  const run = aRun("approved", { project: "approvals" });
  await insertRuns(store.pool, [run]);
  const asked = await requestApproval(store.pool, {
    id: newRunId(),
    runId: run.id,
    stepId: "a",
    role: "lead",
  });
  const again = await requestApproval(store.pool, {
    id: newRunId(),
    runId: run.id,
    stepId: "a",
    role: "lead",
  });
  expect(again.id).toBe(asked.id);
  const { id } = asked;
  expect(await decideApproval(store.pool, { id, decision: "approved", by: "ann" })).toBeUndefined();
  expect(
    (await listApprovals(store.pool, { project: "approvals", pending: true, limit: 5 })).items,
  ).toHaveLength(1);
  expect(await decideApproval(store.pool, { id, decision: "rejected", by: "bob" })).toMatchObject({
    state: "rejected",
  });
  expect(await decideApproval(store.pool, { id, decision: "approved", by: "cid" })).toBeUndefined();
  await expect(store.pool.query("UPDATE approvals SET decided_by = requested_by")).rejects.toThrow(/check/);
});

test("the audit log is only ever appended to (NX-9)", async () => {
  const record = {
    actor: "ann",
    project: "log",
    action: "run.accept",
    object: "run/1",
    outcome: "done",
    requestId: "r",
  };
  await appendAudit(store.pool, [{ ...record, outcome: "done" }]);
  expect((await listAudit(store.pool, { project: "log", limit: 5 })).items[0]).toMatchObject({
    ...record,
    detail: {},
  });
  for (const change of ["DELETE FROM audit", "UPDATE audit SET actor = 'bob'", "TRUNCATE audit"])
    await expect(store.pool.query(change)).rejects.toThrow("only ever appended to");
});

test("an event added by a slow transaction is not passed over by readers", async () => {
  const event = (stage: string) =>
    ({ type: "stage.entered", runId: newRunId(), stage, at: new Date().toISOString() }) as const;
  const start = await lastEventId(store.pool);
  let fast: Promise<unknown> | undefined;
  await store.transaction(async (db) => {
    await insertEvents(db, [event("slow")]);
    fast = insertEvents(store.pool, [event("fast")]);
    await new Promise((done) => setTimeout(done, 50));
    expect(await listEvents(store.pool, { after: start, limit: 10 })).toEqual([]);
  });
  await fast;
  const seen = await listEvents(store.pool, { after: start, limit: 10 });
  expect(seen.map((e) => ("stage" in e ? e.stage : ""))).toEqual(["slow", "fast"]);
});

test("live readers of a project see events of its runs and those of no run, and nobody else's", async () => {
  await storeSteps(store, "watched", { a: {} });
  const [own, other] = [aRun("watched"), aRun("watched", { project: "other" })];
  await insertRuns(store.pool, [own, other]);
  const start = await lastEventId(store.pool);
  const at = new Date().toISOString();
  const entered = (runId: string) => ({ type: "stage.entered", runId, stage: "plan", at }) as const;
  await insertEvents(store.pool, [
    entered(own.id),
    entered(other.id),
    { type: "mode.changed", ladder: "mode", from: "normal", to: "minimal", by: "ann", because: "load", at },
    entered(newRunId()),
  ]);
  const seen = await listEvents(store.pool, { after: start, limit: 10, project: "shop" });
  expect(seen.map(({ type }) => type)).toEqual(["stage.entered", "mode.changed"]);
  expect(seen[0]).toMatchObject({ runId: own.id, id: start + 1 });
  const types = await listEvents(store.pool, {
    after: start,
    limit: 1,
    project: "shop",
    types: ["mode.changed"],
  });
  expect(types.map(({ id }) => id)).toEqual([start + 3]);
});

test("flags and shared states change by compare-and-set", async () => {
  const flag = { name: "canary", definition: { state: "ENABLED" }, by: "ann" };
  expect(await storeFlag(store.pool, { ...flag, expectedVersion: 1 })).toBeUndefined();
  expect((await storeFlag(store.pool, { ...flag, expectedVersion: 0 }))?.version).toBe(1);
  expect(await storeFlag(store.pool, { ...flag, expectedVersion: 0 })).toBeUndefined();
  expect((await storeFlag(store.pool, { ...flag, expectedVersion: 1 }))?.version).toBe(2);
  expect((await storeFlag(store.pool, flag))?.version).toBe(3);
  expect((await listFlags(store.pool, { limit: 5 })).items).toHaveLength(1);

  const write = (value: unknown, expectedVersion: number) =>
    replaceSharedState(store.pool, { name: "mode", value, expectedVersion });
  expect(await write("minimal", 0)).toBe(1);
  expect(await write("read-only", 0)).toBeUndefined();
  expect(await write("read-only", 1)).toBe(2);
  expect(await readSharedState(store.pool, "mode")).toEqual({ value: "read-only", version: 2 });
});
