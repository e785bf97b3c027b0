import { expect, test } from "vitest";
import { storeSteps } from "../store/temporary-store.ts";
import { engineOfTests } from "./engine-of-test.ts";

// The engine's clock runs a thousand times as fast: a day is a minute and a half, and 2,000 s are 2 s.
const tried = engineOfTests({ approvalSeconds: 2_000, factor: 1_000 });

test("CC-7: what nobody decided in its time is not done: the request is withdrawn and its run fails", async () => {
  await storeSteps(tried.store, "patch", { patch: { risk: "APPROVAL_REQUIRED", approver: "lead" } });
  const run = await tried.until((await tried.accept("patch")).id);
  expect(run).toMatchObject({
    state: "failed",
    error: "patch: nobody decided on the request for approval in its time",
  });
  expect(tried.worked).toEqual([]);
  const { rows } = await tried.store.pool.query("SELECT id, state, decided_by FROM approvals");
  expect(rows).toMatchObject([{ state: "withdrawn", decided_by: null }]);
  await expect
    .poll(() => tried.observed.filter(({ type }) => type === "approval.decided"))
    .toMatchObject([{ runId: run.id, decision: "expired" }]);
  // Too late.
  expect(await tried.engine.decide({ id: rows[0].id, decision: "approved", by: "bob" })).toBeUndefined();
});
