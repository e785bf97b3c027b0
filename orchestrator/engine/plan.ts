import type { DecidedByFlags } from "../domain/run.ts";
import type { Priority, WorkflowDefinition } from "../domain/workflow.ts";
import { batched } from "../store/batch.ts";
import type { Store } from "../store/database.ts";
import { type Loss, lossesOfRuns } from "../store/losses.ts";
import { type StoredStep, stepsOfRuns } from "../store/steps.ts";

/** All that the execution of a run needs to know, and what of it was done before. */
export interface Plan {
  id: string;
  project: string;
  labels: Record<string, string>;
  workflow: string;
  /** Where the workflow is stored: the run's project, or that of the built-in ones. */
  workflowProject: string;
  priority: Priority;
  input: Record<string, unknown>;
  dryRun: boolean;
  hold: boolean;
  cancel: boolean;
  state: string;
  /** Milliseconds since 1970. */
  startedAt: number;
  acceptedAt: number;
  definition: WorkflowDefinition;
  /** What flags decided of it when it started. */
  flags: DecidedByFlags | null;
  /** Steps that have a row: the run was executed before, here or elsewhere. */
  stored: ReadonlyMap<string, StoredStep>;
  /** Agents that were lost with its tasks, by RUN/STEP/ATTEMPT. */
  losses: ReadonlyMap<string, readonly string[]>;
}

/** Reads the plans of runs that begin at the same moment together; nothing for a run that is gone. */
export function planReader(store: Store): (runId: string) => Promise<Plan | undefined> {
  return batched<string, Plan | undefined>(
    async (ids) => {
      const [{ rows }, steps, losses] = await Promise.all([
        store.pool.query<Omit<Plan, "stored" | "losses">>({ name: "plans", text: planSql, values: [ids] }),
        stepsOfRuns(store.pool, ids),
        lossesOfRuns(store.pool, ids),
      ]);
      const plans = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => {
        const plan = plans.get(id);
        const stored = new Map((steps.get(id) ?? []).map((step) => [step.id, step]));
        return plan && { ...plan, stored, losses: byTask(losses.filter(({ runId }) => runId === id)) };
      });
    },
    { limit: 500 },
  );
}

function byTask(losses: readonly Loss[]): Plan["losses"] {
  const agents = new Map<string, string[]>();
  for (const { task, agent } of losses) agents.set(task, [...(agents.get(task) ?? []), agent]);
  return agents;
}

const planSql = `
SELECT id, runs.project, labels, workflow, workflow_project AS "workflowProject", priority, input, dry_run AS "dryRun",
  hold, cancel, state, definition, flags,
  (extract(epoch FROM coalesce(started_at, accepted_at)) * 1000)::float8 AS "startedAt",
  (extract(epoch FROM accepted_at) * 1000)::float8 AS "acceptedAt"
FROM runs JOIN workflows w
  ON w.project = workflow_project AND w.name = workflow AND w.version = workflow_version
WHERE id = ANY($1::uuid[])`;
