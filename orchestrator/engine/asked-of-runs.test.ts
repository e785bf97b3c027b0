import { expect, test } from "vitest";
import { listApprovals } from "../store/approvals.ts";
import { listEvents } from "../store/events.ts";
import { findRun } from "../store/runs.ts";
import { storeSteps } from "../store/temporary-store.ts";
import { engineOfTests } from "./engine-of-test.ts";

const tried = engineOfTests();

test("CC-7: a step that needs approval waits for a person, and never runs before one who did not ask for it approved", async () => {
  await storeSteps(tried.store, "patch", { patch: { risk: "APPROVAL_REQUIRED", approver: "lead" } });
  const runs = await Promise.all([tried.accept("patch"), tried.accept("patch"), tried.accept("patch")]);
  for (const { id } of runs) await tried.until(id, "waiting-for-approval");
  expect(tried.worked).toEqual([]);
  const { items } = await listApprovals(tried.store.pool, { project: "shop", pending: true, limit: 10 });
  expect(items.map(({ role }) => role)).toEqual(["lead", "lead", "lead"]);
  const of = (index: number) => items.find(({ runId }) => runId === runs[index]?.id)?.id ?? "";
  expect(await tried.engine.decide({ id: of(0), decision: "approved", by: "ann" })).toBeUndefined();
  expect(await tried.engine.decide({ id: of(0), decision: "approved", by: "bob" })).toMatchObject({
    state: "approved",
  });
  expect(await tried.engine.decide({ id: of(1), decision: "rejected", by: "bob" })).toMatchObject({
    state: "rejected",
  });
  await tried.engine.cancel(runs[2]?.id ?? "");
  const ended = await Promise.all(runs.map(({ id }) => tried.until(id)));
  expect(ended.map(({ state }) => state)).toEqual(["succeeded", "failed", "cancelled"]);
  expect(ended[1]?.error).toBe("patch: rejected by bob");
  expect(tried.worked).toEqual([`${runs[0]?.id}/patch/1`]);
  const types = (await listEvents(tried.store.pool, { after: 0, limit: 50, runId: runs[0]?.id ?? "" })).map(
    ({ type }) => type,
  );
  expect(types).toContain("approval.requested");
  expect(types).toContain("approval.decided");
  const left = await tried.store.pool.query("SELECT state FROM approvals WHERE run_id = $1", [runs[2]?.id]);
  expect(left.rows).toEqual([{ state: "withdrawn" }]);
});

/** A step's time is long where the test decides when it ends. */
const timeoutSeconds = 86_400;

/**
 * Has the process look at what is asked of runs: it hears of this one's cancellation by the same look as of all that was asked before. The
 * run is at work when the test begins, for a process that holds all runs starts none.
 */
async function look(atWork: string): Promise<void> {
  expect(await tried.engine.cancel(atWork)).toBe(true);
  expect((await tried.until(atWork)).state).toBe("cancelled");
}

/** Starts so many runs whose first step has begun. */
async function atWork(workflow: string, count: number): Promise<string[]> {
  const runs = await Promise.all(Array.from({ length: count }, () => tried.accept(workflow)));
  for (const { id } of runs) await expect.poll(() => tried.worked).toContain(`${id}/a/1`);
  return runs.map(({ id }) => id);
}

test("WV-12: a held run keeps its state and goes on later; Emergency Stop holds all and starts none", async () => {
  await storeSteps(tried.store, "two-steps", { a: { timeoutSeconds }, b: { needs: ["a"] } });
  let letGo = tried.holdStep("a");
  const [one = "", other = ""] = await atWork("two-steps", 2);
  await tried.engine.hold(one);
  await look(other);
  letGo();
  const held = await tried.until(one, "paused");
  expect(held.steps.map(({ state }) => state)).toEqual(["succeeded", "waiting"]);
  await tried.engine.release(one);
  expect((await tried.until(one)).state).toBe("succeeded");

  letGo = tried.holdStep("a");
  // A look reads first whether all are held, then each run: the second one cannot have begun before the first.
  const [running = "", first = "", second = ""] = await atWork("two-steps", 3);
  await tried.engine.pauseAll();
  await look(first);
  await look(second);
  letGo();
  await tried.until(running, "paused");
  await storeSteps(tried.store, "once", { a: {} });
  const queued = await tried.accept("once");
  await new Promise((done) => setTimeout(done, 200));
  expect((await findRun(tried.store.pool, queued.id))?.state).toBe("queued");
  await tried.engine.resumeAll();
  expect((await tried.until(running)).state).toBe("succeeded");
  expect((await tried.until(queued.id)).state).toBe("succeeded");
});

test("a cancelled run ends at once, whether it waits or works; what has ended stays as it is", async () => {
  await storeSteps(tried.store, "long", { a: { timeoutSeconds }, b: { needs: ["a"] } });
  // Nobody lets its step go: it ends because it is cancelled, or never.
  tried.holdStep("a");
  const [working = ""] = await atWork("long", 1);
  expect(await tried.engine.cancel(working)).toBe(true);
  const ended = await tried.until(working);
  expect(ended.state).toBe("cancelled");
  expect(ended.steps.map(({ state }) => state)).toEqual(["skipped", "skipped"]);
  expect(await tried.engine.cancel(working)).toBe(false);
  tried.limit = 0;
  const waiting = await tried.accept("long");
  expect(await tried.engine.cancel(waiting.id)).toBe(true);
  expect((await findRun(tried.store.pool, waiting.id))?.state).toBe("cancelled");
  tried.limit = 10;
});
