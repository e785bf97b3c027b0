import { expect, onTestFinished, test } from "vitest";
import { insertEvents } from "./events.ts";
import { registerExecutor } from "./executors.ts";
import { openJournal } from "./journal.ts";
import { newRunId } from "./run-id.ts";
import { insertRuns } from "./runs.ts";
import { storeOfTest, storeSteps } from "./temporary-store.ts";

test("a process that hangs while it holds the order of events costs the others time, and no entry of their journals", async () => {
  const store = await storeOfTest({ statementTimeoutMs: 400, silentTransactionMs: 3_000 });
  await storeSteps(store, "one", { a: {} });
  const run = {
    ...{ id: newRunId(), project: "shop", workflowProject: "shop", workflow: "one", workflowVersion: 1 },
    ...{ priority: "normal" as const, source: "api" as const, input: {}, labels: {}, after: [] },
    ...{ dryRun: false, requestedBy: "ann" },
  };
  await insertRuns(store.pool, [run]);
  await registerExecutor(store.pool, "here");
  const codes: (string | undefined)[] = [];
  const journal = openJournal(store, {
    ...{ executorId: "here", onShutOut: () => undefined, onFinished: () => undefined },
    onError: (error) => codes.push((error as { code?: string }).code),
  });
  const hanging = await store.pool.connect();
  onTestFinished(() => hanging.release(true));
  await hanging.query("BEGIN");
  await insertEvents(hanging, [{ type: "incident.reported", reason: "test", at: new Date().toISOString() }]);
  await journal.step({ runId: run.id, stepId: "a", state: "succeeded", attempt: 1 });
  // It waited until its own time was up, more than once, and then the server ended the silent one.
  expect(new Set(codes)).toEqual(new Set(["57014"]));
  await expect(hanging.query("COMMIT")).rejects.toThrow();
  const { rows } = await store.pool.query("SELECT state FROM steps WHERE run_id = $1", [run.id]);
  expect(rows).toEqual([{ state: "succeeded" }]);
});
