import { expect, test } from "vitest";
import { storeSteps } from "../store/temporary-store.ts";
import { engineOfTests } from "./engine-of-test.ts";

const tried = engineOfTests({
  atOnce: 2,
  before: async (store) => void (await storeSteps(store, "work", { a: {} })),
});

/** Runs of low priority are given to DBOS, and then the transaction that starts them does this; ends with the gift. */
async function startingLow(does: string): Promise<() => Promise<void>> {
  const { pool } = tried.store;
  await pool.query(
    `CREATE FUNCTION starting() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${does}; RETURN new; END $$`,
  );
  await pool.query(`CREATE TRIGGER starting BEFORE INSERT ON events FOR EACH ROW
    WHEN (new.type = 'run.started' AND new.body->>'priority' = 'low') EXECUTE FUNCTION starting()`);
  return async () => void (await pool.query("DROP FUNCTION starting CASCADE"));
}

const accept = async (priority: string) => (await tried.accept("work", { priority })).id;

async function doneOnce(ids: string[]): Promise<void> {
  for (const id of ids) expect(await tried.until(id)).toMatchObject({ state: "succeeded" });
  expect(tried.worked.filter((key) => ids.some((id) => key.startsWith(id))).sort()).toEqual(
    ids.map((id) => `${id}/a/1`).sort(),
  );
  const { rows } = await tried.store.pool.query(
    "SELECT count(*) AS started FROM events WHERE type = 'run.started' AND run_id = ANY($1::uuid[])",
    [ids],
  );
  expect(rows).toEqual([{ started: ids.length }]);
}

test("WV-13: runs that were given to DBOS and never started keep none from its executions that were started", async () => {
  tried.limit = 2;
  const letStart = await startingLow("RAISE EXCEPTION 'ended before its commit'");
  const low = [await accept("low"), await accept("low")];
  await expect
    .poll(() => tried.errors.map(({ message }) => message))
    .toContainEqual(expect.stringContaining("before its commit"));
  await doneOnce(await Promise.all([accept("urgent"), accept("urgent")]));
  await letStart();
  await doneOnce(low);
});

test("a run that DBOS hands out while it is being started waits for that, and is executed once", async () => {
  const letStart = await startingLow("PERFORM pg_sleep(0.5)");
  await doneOnce([await accept("low")]);
  await letStart();
});
