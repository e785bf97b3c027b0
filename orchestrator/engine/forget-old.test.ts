import { expect, test } from "vitest";
import type { DomainEvent } from "../domain/event.ts";
import { insertEvents } from "../store/events.ts";
import { insertIdempotencyKeys } from "../store/idempotency.ts";
import { usualRetention as keep } from "../store/retention.ts";
import { newRunId } from "../store/run-id.ts";
import { storeSteps } from "../store/temporary-store.ts";
import { engineOfTests } from "./engine-of-test.ts";
import { forgetOld, forgetOnce } from "./forget-old.ts";

// The engine's own round comes after ten minutes of this clock, when the tests are over.
const tried = engineOfTests({ factor: 1 });

/** A busy machine takes its time. */
const patient = { timeout: 60_000 };
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
const query = (text: string, values: unknown[] = []) => tried.store.pool.query(text, values);

/** A run as it would be had it been accepted so long ago, in that state: its row, its key and its tokens. */
async function oldRun(days: number, { state, like }: { state: string; like: string }): Promise<string> {
  // An id that carries the time, as those of that time do.
  const hex = daysAgo(days).getTime().toString(16).padStart(12, "0");
  const id = `${hex.slice(0, 8)}-${hex.slice(8)}-${newRunId().slice(14)}`;
  const columns = `project, workflow_project, workflow, workflow_version, priority, source, input, labels, dry_run, requested_by`;
  await query(`INSERT INTO runs (id, state, ${columns}) SELECT $1, $2, ${columns} FROM runs WHERE id = $3`, [
    id,
    state,
    like,
  ]);
  await insertIdempotencyKeys(tried.store.pool, [{ client: "shop/ann", key: id, request: "r", runId: id }]);
  await query("UPDATE idempotency_keys SET created_at = $2 WHERE key = $1", [id, daysAgo(days)]);
  await query("INSERT INTO token_usage (run_id, tokens, at) VALUES ($1, 5, $2)", [id, daysAgo(days)]);
  return id;
}

async function oldEvents(days: number, runIds: readonly (string | undefined)[]): Promise<void> {
  const at = daysAgo(days).toISOString();
  await insertEvents(
    tried.store.pool,
    runIds.map((runId) => ({ type: "incident.reported", reason: "x", at, ...(runId && { runId }) })),
  );
}

const incidents = async () =>
  (await query("SELECT run_id FROM events WHERE type = 'incident.reported' ORDER BY id")).rows.map(
    (row) => row.run_id,
  );
const keys = async () =>
  (await query("SELECT key FROM idempotency_keys ORDER BY key")).rows.map((row) => row.key);

test("what is older than it is kept goes, batch by batch; of a run that has not ended, and of what is younger, nothing does", async () => {
  await storeSteps(tried.store, "usual", { a: {} });
  const { id: like } = await tried.until((await tried.accept("usual")).id);
  // None is started: the old one waits.
  tried.limit = 0;
  const ended = await oldRun(40, { state: "succeeded", like });
  const waiting = await oldRun(40, { state: "queued", like });
  const young = await oldRun(6, { state: "failed", like });
  // Ids ascend with time, and with the order in which they are inserted here.
  await query("TRUNCATE events RESTART IDENTITY");
  await oldEvents(40, [waiting, ended, ended, undefined, ended, ended, waiting, undefined]);
  await oldEvents(29, [ended, undefined, ended]);
  const forgotten = await forgetOnce(tried.store, { keep, batch: 2 });
  expect(forgotten).toEqual({ events: 6, idempotencyKeys: 1, tokenEntries: 1, executions: 0 });
  expect(await incidents()).toEqual([waiting, waiting, ended, null, ended]);
  expect(await keys()).toEqual([waiting, young].sort());
  const usage = await query("SELECT run_id FROM token_usage ORDER BY run_id");
  expect(usage.rows.map((row) => row.run_id)).toEqual([waiting, young].sort());
  await query("DELETE FROM runs WHERE id = $1", [waiting]);
  tried.limit = 10;
});

test("what DBOS knows of runs that have ended goes, and of those that have not nothing", async () => {
  const runs = await Promise.all([1, 2, 3].map(() => tried.accept("usual")));
  await Promise.all(runs.map(({ id }) => tried.until(id)));
  const known = async () => {
    const { rows } = await query("SELECT workflow_uuid FROM dbos.workflow_status WHERE status = 'SUCCESS'");
    return rows.map((row) => row.workflow_uuid).filter((id) => runs.some((run) => run.id === id));
  };
  await expect.poll(known, patient).toHaveLength(3);
  const [old, underWay, young] = runs.map(({ id }) => id);
  const long = "UPDATE dbos.workflow_status SET created_at = $2 WHERE workflow_uuid = ANY($1::text[])";
  await query(long, [[old, underWay], daysAgo(8).getTime()]);
  // Whatever DBOS says, its run has not ended.
  tried.limit = 0;
  await query("UPDATE runs SET state = 'queued' WHERE id = $1", [underWay]);
  const { executions } = await forgetOnce(tried.store, { keep, batch: 100 });
  const left = await known();
  await query("UPDATE runs SET state = 'succeeded' WHERE id = $1", [underWay]);
  tried.limit = 10;
  expect(executions).toBe(1);
  expect(left.sort()).toEqual([underWay, young].sort());
});

test("one process at a time forgets: where another is at it, nothing is done", async () => {
  await oldEvents(40, [undefined]);
  await tried.store.transaction(async (db) => {
    await db.query("SELECT pg_advisory_xact_lock($1)", [0x66_6c_66_67]);
    expect(await forgetOnce(tried.store, { keep })).toMatchObject({ events: 0 });
  });
  expect(await forgetOnce(tried.store, { keep })).toMatchObject({ events: 1 });
});

test("every ten minutes of the clock a round is made, and one that removed something is recorded; none is made after the end", async () => {
  const rounds: ((value?: unknown) => void)[] = [];
  const waits: number[] = [];
  const clock = {
    now: Date.now,
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        waits.push(ms);
        rounds.push(() => resolve());
        signal?.addEventListener("abort", () => reject(new Error("stopped")));
      }),
  };
  const recorded: DomainEvent[] = [];
  const record = (event: DomainEvent) => void recorded.push(event);
  const onError = (error: Error) => {
    throw error;
  };
  const forgetting = forgetOld(tried.store, { keep, clock, record, onError });
  await oldEvents(40, [undefined, undefined]);
  rounds[0]?.();
  await expect.poll(() => rounds.length, patient).toBe(2);
  rounds[1]?.();
  await expect.poll(() => rounds.length, patient).toBe(3);
  await forgetting.close();
  expect(waits).toEqual([600_000, 600_000, 600_000]);
  expect(recorded).toEqual([
    { type: "records.removed", events: 2, idempotencyKeys: 0, tokenEntries: 0, executions: 0 },
  ]);
});
