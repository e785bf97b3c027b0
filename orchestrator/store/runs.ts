import {
  type DecidedByFlags,
  finalStates,
  type Run,
  type RunSource,
  type RunState,
  type StepRecord,
} from "../domain/run.ts";
import type { Priority } from "../domain/workflow.ts";
import { type Database, type Page, type PageRequest, page } from "./database.ts";
import { jsonText } from "./json.ts";
import { withoutNulls } from "./rows.ts";
import { stepsOf } from "./steps.ts";

/** A run as lists show it: without its steps and input. */
export interface RunSummary {
  id: string;
  project: string;
  workflow: string;
  workflowVersion: number;
  state: RunState;
  priority: Priority;
  labels: Record<string, string>;
  dryRun: boolean;
  requestedBy: string;
  tokens: number;
  costUsd: number;
  acceptedAt: string;
  startedAt?: string;
  finishedAt?: string;
  error?: string;
  /** What flags decided of it when it started. */
  flags?: DecidedByFlags;
}

const summaryColumns = `id, project, workflow, workflow_version AS "workflowVersion", state, priority, labels,
  dry_run AS "dryRun", requested_by AS "requestedBy", tokens, cost_usd AS "costUsd", accepted_at AS "acceptedAt",
  started_at AS "startedAt", finished_at AS "finishedAt", error, flags`;

/** What a list of runs is narrowed down to. */
export interface RunFilter {
  project: string;
  workflow?: string;
  state?: RunState;
  /** Labels that they have, with these values. */
  labels?: Record<string, string>;
}

/** Runs of a project, the newest first. */
export async function listRuns(db: Database, filter: RunFilter & PageRequest): Promise<Page<RunSummary>> {
  const values: unknown[] = [filter.project];
  const conditions = ["project = $1"];
  for (const [column, value] of [
    ["workflow", filter.workflow],
    ["state", filter.state],
  ]) {
    if (value !== undefined) conditions.push(`${column} = $${values.push(value)}`);
  }
  if (filter.labels !== undefined)
    conditions.push(`labels @> $${values.push(jsonText(filter.labels))}::jsonb`);
  if (filter.cursor !== undefined) conditions.push(`id < $${values.push(filter.cursor)}`);
  const { rows } = await db.query(
    `SELECT ${summaryColumns} FROM runs WHERE ${conditions.join(" AND ")} ORDER BY id DESC LIMIT $${values.push(filter.limit + 1)}`,
    values,
  );
  return page(rows.map(withoutNulls<RunSummary>), filter.limit, (row) => row.id);
}

/** One run with its steps: those of its workflow, then what else was done, such as the votes at the pipeline's gates. */
export async function findRun(db: Database, id: string): Promise<Run | undefined> {
  const { rows } = await db.query(
    `SELECT ${summaryColumns}, input, source,
       ARRAY(SELECT after_id FROM run_dependencies WHERE run_id = runs.id ORDER BY after_id) AS after,
       (SELECT jsonb_path_query_array(definition, '$.steps[*].id') FROM workflows w
        WHERE w.project = workflow_project AND w.name = workflow AND w.version = workflow_version) AS "stepIds"
     FROM runs WHERE id = $1`,
    [id],
  );
  if (!rows[0]) return undefined;
  const { stepIds, ...run } = withoutNulls<Omit<Run, "steps"> & { stepIds: string[] }>(rows[0]);
  const stored = await stepsOf(db, id);
  const begun = new Map(stored.map((step) => [step.id, step]));
  const steps = stepIds.map(
    (stepId): StepRecord => begun.get(stepId) ?? { id: stepId, state: "waiting", attempt: 1 },
  );
  return { ...run, steps: [...steps, ...stored.filter((row) => !stepIds.includes(row.id))] };
}

/** A run before it is accepted; its id, state and times are given by `insertRuns`. */
export interface NewRun {
  id: string;
  project: string;
  workflowProject: string;
  workflow: string;
  workflowVersion: number;
  priority: Priority;
  source: RunSource;
  input: Record<string, unknown>;
  labels: Record<string, string>;
  after: readonly string[];
  dryRun: boolean;
  requestedBy: string;
  /** Answered at once; else it is queued. */
  state?: "queued" | "succeeded";
}

/** Inserts runs as queued, with what they depend on. */
export async function insertRuns(db: Database, runs: readonly NewRun[]): Promise<void> {
  await db.query({
    name: "insert-runs",
    text: `INSERT INTO runs (id, project, workflow_project, workflow, workflow_version, priority, source, input, labels,
       dry_run, requested_by, state, started_at, finished_at)
     SELECT id, project, "workflowProject", workflow, "workflowVersion", priority, source, input, labels, "dryRun",
       "requestedBy", coalesce(state, 'queued'), CASE WHEN state = 'succeeded' THEN now() END,
       CASE WHEN state = 'succeeded' THEN now() END
     FROM jsonb_to_recordset($1::jsonb) AS new (id uuid, project text, "workflowProject" text, workflow text,
       "workflowVersion" int, priority text, source text, input jsonb, labels jsonb, "dryRun" boolean, "requestedBy" text, state text)`,
    values: [jsonText(runs)],
  });
  const dependencies = runs.flatMap(({ id, after }) => [...new Set(after)].map((other) => ({ id, other })));
  if (dependencies.length === 0) return;
  await db.query(
    `INSERT INTO run_dependencies (run_id, after_id)
     SELECT * FROM unnest($1::uuid[], $2::uuid[])`,
    [dependencies.map(({ id }) => id), dependencies.map(({ other }) => other)],
  );
}

/** Those of the runs that have ended, with how. */
export async function endedRuns(
  db: Database,
  ids: readonly string[],
): Promise<{ id: string; state: (typeof finalStates)[number] }[]> {
  const { rows } = await db.query(
    "SELECT id, state FROM runs WHERE id = ANY($1::uuid[]) AND state = ANY($2)",
    [ids, finalStates],
  );
  return rows;
}

/** How many runs there are in each state that is not final, for gauges and the limit of the queue. */
export async function countActiveRuns(db: Database): Promise<Partial<Record<RunState, number>>> {
  const { rows } = await db.query<{ state: RunState; count: number }>(
    `SELECT state, count(*) FROM runs WHERE state IN ('queued', 'running', 'waiting-for-approval', 'paused') GROUP BY state`,
  );
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

/** Deletes a workflow of a project with all its versions and runs; gives the ids of the runs, for DBOS's rows to follow. */
export async function deleteWorkflow(
  db: Database,
  { project, name }: { project: string; name: string },
): Promise<{ found: boolean; runs: string[] }> {
  const { rows } = await db.query<{ id: string }>(
    "DELETE FROM runs WHERE workflow_project = $1 AND workflow = $2 RETURNING id",
    [project, name],
  );
  const runs = rows.map(({ id }) => id);
  await db.query("DELETE FROM events WHERE run_id = ANY($1::uuid[])", [runs]);
  const { rowCount } = await db.query("DELETE FROM workflows WHERE project = $1 AND name = $2", [
    project,
    name,
  ]);
  return { found: (rowCount ?? 0) > 0, runs };
}
