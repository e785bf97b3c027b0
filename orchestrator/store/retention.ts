import type { Database } from "./database.ts";
import { firstIdOf } from "./run-id.ts";

/** For how many days rows are kept that no run needs any more; those of runs that have not ended are always kept. */
export interface Retention {
  /** What happened: afterwards live readers and WeatherVane's pages of gates do not find it. */
  events: number;
  /** Keys of requests: a request that is repeated later starts a run of its own. */
  idempotencyKeys: number;
  /** What DBOS knows of runs that have ended, and what they used of the hour's tokens. */
  executions: number;
}

/** A month of events; requests are repeated within minutes, and rarely after a weekend. */
export const usualRetention: Retention = { events: 30, idempotencyKeys: 7, executions: 7 };

/** Which rows: those from before this time (milliseconds since 1970), so many at most. */
export interface Old {
  before: number;
  limit: number;
}

const ofRunUnderWay = (runId: string) =>
  `EXISTS (SELECT 1 FROM runs WHERE runs.id = ${runId} AND runs.state NOT IN ('succeeded', 'failed', 'cancelled'))`;

/**
 * Removes old events, but for those of runs that have not ended: one batch along their ids, which ascend with time, from behind `after`. Gives
 * how many it removed, and the id that the next batch begins behind; none where this one came to what is not old.
 */
export async function removeOldEvents(
  db: Database,
  { before, limit, after }: Old & { after: number },
): Promise<{ removed: number; next?: number }> {
  const { rows } = await db.query<{ removed: number; next: number | null }>(
    `WITH batch AS (
       SELECT id, run_id, at < to_timestamp($2 / 1000.0) AS is_old FROM events WHERE id > $1 ORDER BY id LIMIT $3
     ), removed AS (
       DELETE FROM events USING batch
       WHERE events.id = batch.id AND batch.is_old AND NOT ${ofRunUnderWay("batch.run_id")} RETURNING 1
     )
     SELECT (SELECT count(*) FROM removed) AS removed,
       (SELECT max(id) FROM batch HAVING count(*) = $3 AND bool_or(is_old)) AS next`,
    [after, before, limit],
  );
  const { removed = 0, next = null } = rows[0] ?? {};
  return next === null ? { removed } : { removed, next };
}

/** Removes idempotency keys that were used long ago, but for those of runs that have not ended; gives how many. */
export async function removeOldKeys(db: Database, { before, limit }: Old): Promise<number> {
  const { rowCount } = await db.query(
    `DELETE FROM idempotency_keys WHERE (client, key) IN (
       SELECT client, key FROM idempotency_keys WHERE run_id < $1::uuid AND created_at < to_timestamp($2 / 1000.0)
         AND NOT ${ofRunUnderWay("run_id")} ORDER BY run_id LIMIT $3)`,
    [firstIdOf(before), before, limit],
  );
  return rowCount ?? 0;
}

/** Removes what was written down of tokens, but for those of runs that have not ended: their limit still counts them. Gives how many. */
export async function removeOldUsage(db: Database, { before, limit }: Old): Promise<number> {
  const { rowCount } = await db.query(
    `DELETE FROM token_usage WHERE entry IN (
       SELECT entry FROM token_usage WHERE at < to_timestamp($1 / 1000.0)
         AND NOT ${ofRunUnderWay("run_id")} ORDER BY at LIMIT $2)`,
    [before, limit],
  );
  return rowCount ?? 0;
}

/** Of these runs those that have not ended. */
export async function runsUnderWay(db: Database, ids: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    "SELECT id FROM runs WHERE id = ANY($1::uuid[]) AND state NOT IN ('succeeded', 'failed', 'cancelled')",
    [ids],
  );
  return rows.map(({ id }) => id);
}
