import type { Agent } from "../domain/agent.ts";
import type { Priority } from "../domain/workflow.ts";
import { removeResidents } from "../store/agents.ts";
import { deleteClaims } from "../store/claims.ts";
import type { Database, Store } from "../store/database.ts";
import { removeExecutor, shutOutExecutor } from "../store/executors.ts";
import { releasePlacesOf } from "../store/placements.ts";
import { giveBackTokens } from "../store/token-usage.ts";
import { requeue } from "./durable.ts";

/**
 * Gives back what an executor held: the runs to the queue, from where any other takes them and goes on after their last finished steps, and the
 * places of agents, resources and tokens before, so that they are free by then. First nothing counts any more that the executor may yet write, should it
 * live on somewhere. Done twice, or by two, it does no harm. Gives the residents that went with it.
 */
export async function recoverExecutor(db: Database, executorId: string): Promise<Agent[]> {
  await shutOutExecutor(db, executorId);
  const residents = await giveBack(db, executorId);
  await requeue([executorId]);
  await removeExecutor(db, executorId);
  return residents;
}

async function giveBack(db: Database, executor: string): Promise<Agent[]> {
  await releasePlacesOf(db, executor);
  await deleteClaims(db, { executor });
  await giveBackTokens(db, executor);
  return removeResidents(db, executor);
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
  for (const executor of await strangers(store.pool)) await giveBack(store.pool, executor);
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

/** Those that nobody knows any more but that hold something: they went on for a moment after they were shut out. */
async function strangers(db: Database): Promise<string[]> {
  const { rows } = await db.query<{ executor: string }>(
    `SELECT executor FROM (SELECT executor FROM placements UNION SELECT executor FROM claims
       UNION SELECT executor FROM token_usage WHERE executor IS NOT NULL
       UNION SELECT executor FROM agents WHERE executor IS NOT NULL) AS holding
     WHERE NOT EXISTS (SELECT 1 FROM executors WHERE id = executor)`,
  );
  return rows.map(({ executor }) => executor);
}
