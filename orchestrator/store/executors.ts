import type { Database } from "./database.ts";

/** First key of the advisory locks that executors hold for as long as their sessions live; the second one is their slot. */
export const executorLock = 0x66_6c_65;

/** An executor as others see it. */
export interface ExecutorSight {
  id: string;
  /** Counts up while it is alive: by its journal and by its own timer. */
  beat: number;
  /** Its session holds the lock: it is alive, however busy. */
  present: boolean;
  lost: boolean;
}

/** Registers an executor under an id that was never used before; gives its slot. */
export async function registerExecutor(db: Database, id: string): Promise<number> {
  const { rows } = await db.query<{ slot: number }>("INSERT INTO executors (id) VALUES ($1) RETURNING slot", [
    id,
  ]);
  return rows[0]?.slot ?? 0;
}

/** A sign of life; false: it was declared lost, and nothing that it writes counts any more. */
export async function beat(db: Database, id: string): Promise<boolean> {
  const { rowCount } = await db.query("UPDATE executors SET beat = beat + 1 WHERE id = $1 AND NOT lost", [
    id,
  ]);
  return (rowCount ?? 0) > 0;
}

/** All executors. */
export async function sightExecutors(db: Database): Promise<ExecutorSight[]> {
  const { rows } = await db.query<ExecutorSight>(
    `SELECT id, beat + batch AS beat, lost, EXISTS (
       SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2
         AND classid = ${executorLock} AND objid = slot
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
     ) AS present
     FROM executors`,
  );
  return rows;
}

/** From here on nothing counts that this executor writes. */
export async function shutOutExecutor(db: Database, id: string): Promise<void> {
  await db.query("UPDATE executors SET lost = true WHERE id = $1", [id]);
}

/** Takes an executor away whose runs were given to others. */
export async function removeExecutor(db: Database, id: string): Promise<void> {
  await db.query("DELETE FROM executors WHERE id = $1", [id]);
}
