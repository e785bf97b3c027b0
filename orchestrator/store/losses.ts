import type { Database } from "./database.ts";

/** An agent that was lost while it did a task. */
export interface Loss {
  runId: string;
  /** RUN/STEP/ATTEMPT. */
  task: string;
  agent: string;
}

/** Notes a loss, once; of a run that is gone nothing is noted. */
export async function insertLoss(db: Database, { runId, task, agent }: Loss): Promise<void> {
  await db.query(
    `INSERT INTO losses (run_id, task, agent) SELECT id, $2, $3 FROM runs WHERE id = $1
     ON CONFLICT DO NOTHING`,
    [runId, task, agent],
  );
}

/** The losses of runs, each task's in their order. */
export async function lossesOfRuns(db: Database, runIds: readonly string[]): Promise<Loss[]> {
  const { rows } = await db.query<Loss>({
    name: "losses-of-runs",
    text: `SELECT run_id AS "runId", task, agent FROM losses WHERE run_id = ANY($1::uuid[]) ORDER BY lost_at`,
    values: [runIds],
  });
  return rows;
}
