import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../clock.ts";
import type { EventOf, RecordEvent } from "../domain/event.ts";
import type { Database, Store } from "../store/database.ts";
import {
  type Retention,
  removeOldEvents,
  removeOldKeys,
  removeOldUsage,
  runsUnderWay,
} from "../store/retention.ts";
import { forgetExecutions } from "./durable.ts";

export interface ForgetOptions {
  keep: Retention;
  clock: Clock;
  record: RecordEvent;
  onError: (error: Error) => void;
  /** Rows of one statement, at most. */
  batch?: number;
}

export type Forgotten = Omit<EventOf<"records.removed">, "type">;

const DAY_MS = 86_400_000;
/** Between two rounds, in milliseconds of the clock. */
const EVERY_MS = 600_000;
/** Rows of one statement, and statements of one kind in a round: a million rows at most, the rest comes with the next one. */
const BATCH = 2_000;
const BATCHES = 500;
/** Milliseconds between two statements, so that those who serve come first. */
const PAUSE_MS = 20;
/** Key of the advisory lock under which one process forgets while the others need not. */
const forgetLock = 0x66_6c_66_67;

/** Removes old rows every ten minutes; gives how to stop, which resolves when nothing of it is under way. */
export function forgetOld(store: Store, options: ForgetOptions): { close(): Promise<void> } {
  const stopped = new AbortController();
  const { signal } = stopped;
  const { clock, record, onError } = options;
  const rounds = async () => {
    while (!signal.aborted) {
      await clock.sleep(EVERY_MS, signal).catch(() => undefined);
      if (signal.aborted) return;
      const forgotten = await forgetOnce(store, { ...options, signal }).catch(onError);
      if (forgotten && Object.values(forgotten).some((rows) => rows > 0))
        record({ type: "records.removed", ...forgotten });
    }
  };
  const done = rounds();
  return {
    async close() {
      stopped.abort();
      await done;
    },
  };
}

/**
 * One round: removes what is older than it is kept, by the database's clock, which all processes share: one whose own clock jumped removes
 * nothing too early. Each batch is a transaction of its own, under a lock: where another process is at it, nothing is done.
 */
export async function forgetOnce(
  store: Store,
  { keep, batch: limit = BATCH, signal }: Pick<ForgetOptions, "keep" | "batch"> & { signal?: AbortSignal },
): Promise<Forgotten> {
  const among = { limit, ...(signal && { signal }) };
  let after = 0;
  const events = await batches(store, { ...among, days: keep.events }, async (db, before) => {
    const { removed, next } = await removeOldEvents(db, { before, limit, after });
    after = next ?? after;
    return { removed, isLast: next === undefined };
  });
  const counted = (days: number, remove: (db: Database, before: number) => Promise<number>) =>
    batches(store, { ...among, days }, async (db, before) => {
      const removed = await remove(db, before);
      return { removed, isLast: removed < limit };
    });
  return {
    events,
    idempotencyKeys: await counted(keep.idempotencyKeys, (db, before) =>
      removeOldKeys(db, { before, limit }),
    ),
    tokenEntries: await counted(keep.executions, (db, before) => removeOldUsage(db, { before, limit })),
    executions: await counted(keep.executions, (db, before) =>
      forgetExecutions({ before, limit }, (ids) => runsUnderWay(db, ids)),
    ),
  };
}

type Remove = (db: Database, before: number) => Promise<{ removed: number; isLast: boolean }>;

/** Repeats a batch until it is the last one, or the round has had its share; gives how many rows went. */
async function batches(
  store: Store,
  { days, signal }: { days: number; signal?: AbortSignal },
  remove: Remove,
): Promise<number> {
  let total = 0;
  for (let number = 0; number < BATCHES && !signal?.aborted; number++) {
    const { removed, isLast } = await store.transaction(async (db) => {
      const { rows } = await db.query<{ mine: boolean; now: number }>(
        "SELECT pg_try_advisory_xact_lock($1) AS mine, extract(epoch FROM now())::float8 * 1000 AS now",
        [forgetLock],
      );
      const { mine = false, now = 0 } = rows[0] ?? {};
      return mine ? remove(db, now - days * DAY_MS) : { removed: 0, isLast: true };
    });
    total += removed;
    if (isLast) break;
    await delay(PAUSE_MS);
  }
  return total;
}
