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

test("WV-12: a held run keeps its state and goes on later; Emergency Stop holds all and starts none", async () => {
  await storeSteps(tried.store, "two-steps", {
    a: { input: { script: { latencyMs: 25_000 } } },
    b: { needs: ["a"] },
  });
  const one = await tried.accept("two-steps");
  await expect.poll(() => tried.worked).toContain(`${one.id}/a/1`);
  await tried.engine.hold(one.id);
  const held = await tried.until(one.id, "paused");
  expect(held.steps.map(({ state }) => state)).toEqual(["succeeded", "waiting"]);
  await tried.engine.release(one.id);
  expect((await tried.until(one.id)).state).toBe("succeeded");

  const running = await tried.accept("two-steps");
  await expect.poll(() => tried.worked).toContain(`${running.id}/a/1`);
  await tried.engine.pauseAll();
  await tried.until(running.id, "paused");
  await storeSteps(tried.store, "once", { a: {} });
  const queued = await tried.accept("once");
  await new Promise((done) => setTimeout(done, 200));
  expect((await findRun(tried.store.pool, queued.id))?.state).toBe("queued");
  await tried.engine.resumeAll();
  expect((await tried.until(running.id)).state).toBe("succeeded");
  expect((await tried.until(queued.id)).state).toBe("succeeded");
});

test("a cancelled run ends at once, whether it waits or works; what has ended stays as it is", async () => {
  await storeSteps(tried.store, "long", {
    a: { input: { script: { latencyMs: 50_000 } } },
    b: { needs: ["a"] },
  });
  const working = await tried.accept("long");
  await tried.until(working.id, "running");
  expect(await tried.engine.cancel(working.id)).toBe(true);
  const ended = await tried.until(working.id);
  expect(ended.state).toBe("cancelled");
  expect(ended.steps.map(({ state }) => state)).toEqual(["skipped", "skipped"]);
  expect(await tried.engine.cancel(working.id)).toBe(false);
  tried.limit = 0;
  const waiting = await tried.accept("long");
  expect(await tried.engine.cancel(waiting.id)).toBe(true);
  expect((await findRun(tried.store.pool, waiting.id))?.state).toBe("cancelled");
  tried.limit = 10;
});
