import type { Priority } from "../domain/workflow.ts";
import type { Database, Store } from "../store/database.ts";
import { removeExecutor, shutOutExecutor } from "../store/executors.ts";
import { requeue } from "./durable.ts";

/**
 * Gives the runs that an executor holds to the queue again, from where any other takes them and goes on after their last finished steps.
 * First nothing counts any more that the executor may yet write, should it live on somewhere. Done twice, or by two, it does no harm.
 */
export async function recoverExecutor(db: Database, executorId: string): Promise<void> {
  await shutOutExecutor(db, executorId);
  await requeue([executorId]);
  await removeExecutor(db, executorId);
}

/** What was found that could not go on by itself, and what is done about it. */
export interface Stranded {
  /** Runs whose workflow ended without their end having been stored: it failed for a reason of its own, or was tried too often. */
  failed: { id: string; project: string; workflow: string; priority: Priority; status: string }[];
  /** Runs that are said to run but that DBOS does not know: they are queued again. */
  requeued: number;
}

/**
 * Looks for runs that nobody would ever finish: held by an executor that nobody knows (it was shut out and went on for a moment), or
 * out of step with DBOS (its tables were changed by hand, or restored from another time).
 */
export async function findStranded(store: Store): Promise<Stranded> {
  const { rows: unknown } = await store.pool.query<{ id: string }>(
    `SELECT DISTINCT executor_id AS id FROM dbos.workflow_status
     WHERE status = 'PENDING' AND NOT EXISTS (SELECT 1 FROM executors WHERE id = executor_id)`,
  );
  if (unknown.length > 0) await requeue(unknown.map(({ id }) => id));
  const { rows } = await store.pool.query<{
    id: string;
    project: string;
    workflow: string;
    priority: Priority;
    status: string | null;
  }>(
    `SELECT runs.id, runs.project, workflow, runs.priority, status FROM runs LEFT JOIN dbos.workflow_status ON workflow_uuid = runs.id::text
     WHERE state IN ('running', 'waiting-for-approval', 'paused')
       AND (status IS NULL OR status NOT IN ('PENDING', 'ENQUEUED', 'DELAYED'))`,
  );
  const lost = rows.flatMap(({ id, status }) => (status === null ? id : []));
  if (lost.length > 0)
    await store.pool.query("UPDATE runs SET state = 'queued' WHERE id = ANY($1::uuid[])", [lost]);
  return {
    failed: rows.flatMap(({ status, ...run }) => (status === null ? [] : { ...run, status })),
    requeued: lost.length,
  };
}
