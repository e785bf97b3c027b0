import type { StepRecord } from "../domain/run.ts";
import type { Database } from "./database.ts";
import { jsonText } from "./json.ts";
import { withoutNulls } from "./rows.ts";

/** A step's row: what the API shows, and what the run's totals are made of. */
export interface StoredStep extends StepRecord {
  tokens: number;
  costUsd: number;
  evidenceBytes: number;
}

const columns = `step_id AS id, state, attempt, agent, output, error, started_at AS "startedAt", finished_at AS "finishedAt",
  tokens, cost_usd AS "costUsd", evidence_bytes AS "evidenceBytes"`;

/** The steps of a run that have begun, in the order of their ids. */
export async function stepsOf(db: Database, runId: string): Promise<StoredStep[]> {
  const { rows } = await db.query(`SELECT ${columns} FROM steps WHERE run_id = $1 ORDER BY step_id`, [runId]);
  return rows.map(withoutNulls<StoredStep>);
}

/** The steps of several runs in one round trip. */
export async function stepsOfRuns(
  db: Database,
  runIds: readonly string[],
): Promise<Map<string, StoredStep[]>> {
  const { rows } = await db.query({
    name: "steps-of-runs",
    text: `SELECT run_id AS "runId", ${columns} FROM steps WHERE run_id = ANY($1::uuid[]) ORDER BY run_id, step_id`,
    values: [runIds],
  });
  const found = new Map<string, StoredStep[]>();
  for (const { runId, ...step } of rows) {
    const steps = found.get(runId) ?? [];
    steps.push(withoutNulls<StoredStep>(step));
    found.set(runId, steps);
  }
  return found;
}

/** Stores what steps came to that were answered when their runs were accepted. */
export async function insertAnswers(
  db: Database,
  answers: readonly { runId: string; stepId: string; output: unknown }[],
): Promise<void> {
  if (answers.length === 0) return;
  await db.query(
    `INSERT INTO steps (run_id, step_id, state, attempt, output, started_at, finished_at)
     SELECT "runId", "stepId", 'succeeded', 1, output, now(), now()
     FROM jsonb_to_recordset($1::jsonb) AS new ("runId" uuid, "stepId" text, output jsonb)`,
    [jsonText(answers)],
  );
}
