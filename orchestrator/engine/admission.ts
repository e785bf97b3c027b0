import type { DomainEvent } from "../domain/event.ts";
import type { DecidedByFlags, RunSource } from "../domain/run.ts";
import type { Priority } from "../domain/workflow.ts";
import { decideByFlags, type FlagDecisions, type StartingRun } from "../flags/decide-by-flags.ts";
import type { Database, Store } from "../store/database.ts";
import { insertEvents } from "../store/events.ts";
import { jsonText } from "../store/json.ts";

/** A run that waits, as the order of runs sees it. */
export interface QueuedRun {
  id: string;
  priority: Priority;
  /** Milliseconds since 1970. */
  acceptedAt: number;
  after: readonly string[];
}

/** Which of the queued runs are started now, first things first, as many as there are free places (WV-13). */
export type OrderRuns = (
  queued: readonly QueuedRun[],
  options: { running: number; limit: number; succeeded?: ReadonlySet<string> },
) => string[];

export interface AdmissionOptions {
  order: OrderRuns;
  /** Runs at once, over all processes; 0: no new ones are started now. */
  limit: () => number;
  /** What flags decide of the runs that start. */
  flags: Pick<FlagDecisions, "decide">;
  /** Gives runs to DBOS's queue; one that is there already stays as it is. */
  enqueue: (ids: readonly string[]) => Promise<void>;
  /** Told of what happened, for metrics and logs; the rows are written here. */
  observe: (event: DomainEvent) => void;
  onError: (error: Error) => void;
  /** Told how long each round took, in seconds. */
  onRound?: ((seconds: number) => void) | undefined;
}

export interface Admission {
  /** Something changed: runs were queued, or places became free. */
  wake(): void;
  /** Starts no more; resolves when the round under way is done. */
  close(): Promise<void>;
}

/** Key of the advisory lock that whoever admits runs holds: one process at a time. */
const admissionLock = 0x66_6c_61_64;

/** Milliseconds after which a round is made though nobody asked for it: a process may have died before it could. */
const atLeastEveryMs = 1_000;

/** Starts queued runs as places become free. Every process may do it; at any moment one does. */
export function startAdmission(
  store: Store,
  { executorId, ...rest }: Omit<AdmissionOptions, "flags"> & { executorId: string },
): Admission {
  const options = { ...rest, flags: decideByFlags(executorId) };
  let wanted = false;
  let round: Promise<void> | undefined;
  let closed = false;

  const wake = () => {
    wanted = true;
    if (!closed) round ??= rounds();
  };
  async function rounds(): Promise<void> {
    while (wanted && !closed) {
      wanted = false;
      const began = performance.now();
      await admitOnce(store, options).catch(options.onError);
      options.onRound?.((performance.now() - began) / 1_000);
    }
    round = undefined;
  }
  const timer = setInterval(wake, atLeastEveryMs).unref();
  return {
    wake,
    async close() {
      closed = true;
      clearInterval(timer);
      await round;
      await options.flags.close();
    },
  };
}

/** One round: starts as many of the queued runs as there are free places. */
export async function admitOnce(store: Store, options: AdmissionOptions): Promise<void> {
  const limit = options.limit();
  if (limit <= 0) return;
  const events = await store.transaction(async (db) => {
    await db.query("SELECT pg_advisory_xact_lock($1)", [admissionLock]);
    const { rows } = await db.query<{ running: number }>(
      "SELECT count(*) AS running FROM runs WHERE state = 'running'",
    );
    const running = rows[0]?.running ?? 0;
    if (running >= limit) return [];
    const { queued, succeeded } = await readQueue(db, limit - running);
    const ids = options.order(queued, { running, limit, succeeded });
    const byId = new Map(queued.map((run) => [run.id, run]));
    const first = ids.flatMap((id) => byId.get(id) ?? []);
    return first.length > 0 ? start(db, first, options) : [];
  });
  events.forEach(options.observe);
}

/**
 * Of the queue what can matter for so many places: of each priority the first that have nothing to do with dependencies (those
 * behind them could not be reached), and all that depend on others or are depended on.
 */
async function readQueue(db: Database, places: number) {
  const { rows } = await db.query<QueuedRun & StartingRun & { done: string[] }>({
    name: "read-queue",
    text: `WITH related AS (
       SELECT r.id FROM runs r WHERE r.state = 'queued' AND (
         EXISTS (SELECT 1 FROM run_dependencies d WHERE d.run_id = r.id)
         OR EXISTS (SELECT 1 FROM run_dependencies d WHERE d.after_id = r.id))
     ), first AS (
       SELECT f.id FROM unnest(ARRAY['urgent', 'normal', 'low']) AS p (priority),
         LATERAL (SELECT id FROM runs WHERE state = 'queued' AND priority = p.priority
           AND NOT EXISTS (SELECT 1 FROM related WHERE related.id = runs.id) ORDER BY id LIMIT $1) AS f
     )
     SELECT id, project, workflow, priority, (extract(epoch FROM accepted_at) * 1000)::float8 AS "acceptedAt",
       ARRAY(SELECT after_id::text FROM run_dependencies d WHERE d.run_id = runs.id) AS after,
       ARRAY(SELECT after_id::text FROM run_dependencies d JOIN runs b ON b.id = after_id
         WHERE d.run_id = runs.id AND b.state = 'succeeded') AS done
     FROM runs WHERE id IN (SELECT id FROM related UNION SELECT id FROM first)`,
    values: [places],
  });
  return { queued: rows, succeeded: new Set(rows.flatMap(({ done }) => done)) };
}

async function start(
  db: Database,
  runs: readonly StartingRun[],
  { flags, enqueue }: AdmissionOptions,
): Promise<DomainEvent[]> {
  const decided = await flags.decide(db, runs);
  const { rows } = await db.query<Started>({
    name: "start-runs",
    text: `UPDATE runs SET state = 'running', started_at = clock_timestamp(), flags = coalesce(flags, $2::jsonb -> id::text)
     WHERE id = ANY($1::uuid[]) AND state = 'queued'
     RETURNING id, priority, source, flags, extract(epoch FROM now() - accepted_at)::float8 AS waited`,
    values: [runs.map(({ id }) => id), jsonText(Object.fromEntries(decided))],
  });
  const started = new Map(rows.map((row) => [row.id, row]));
  // Before the commit: should this process end in between, DBOS has runs that are still called queued: they are given back, and admitted again.
  await enqueue(runs.flatMap(({ id }) => (started.has(id) ? [id] : [])));
  const events = rows.map(startOf);
  const at = new Date().toISOString();
  await insertEvents(
    db,
    events.map((event) => ({ ...event, at })),
  );
  return events;
}

interface Started {
  id: string;
  priority: Priority;
  source: RunSource;
  /** Those of its first start, should it start again. */
  flags: DecidedByFlags | null;
  waited: number;
}

function startOf({ id, priority, source, flags, waited }: Started): DomainEvent {
  return {
    ...{ type: "run.started", runId: id, priority, source, waitedSeconds: waited },
    ...(flags && { flags }),
  };
}
