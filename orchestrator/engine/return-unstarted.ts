import { batched } from "../store/batch.ts";
import type { Store } from "../store/database.ts";
import { withdraw } from "./durable.ts";

interface Returning {
  store: Store;
  executorId: string;
}

/**
 * Gives back executions of runs that nobody starts: whoever put them into DBOS's queue ended before its commit. They wait to be admitted like all others
 * and hold no execution meanwhile, which runs that were admitted before them may need. False: it has started, or is just being started (whoever starts
 * runs holds their rows), or this process was given up by others.
 */
export function unstartedReturn({ store, executorId }: Returning): (runId: string) => Promise<boolean> {
  return batched(
    async (ids) => {
      const unstarted = await store.transaction(async (db) => {
        const mine = await db.query("SELECT FROM executors WHERE id = $1 AND NOT lost FOR SHARE", [
          executorId,
        ]);
        if (mine.rowCount === 0) return [];
        const { rows } = await db.query<{ id: string }>(
          "SELECT id FROM runs WHERE id = ANY($1::uuid[]) AND state = 'queued' FOR UPDATE SKIP LOCKED",
          [ids],
        );
        const found = rows.map(({ id }) => id);
        if (found.length > 0) await withdraw(found);
        return found;
      });
      const given = new Set(unstarted);
      return ids.map((id) => given.has(id));
    },
    { limit: 500 },
  );
}
