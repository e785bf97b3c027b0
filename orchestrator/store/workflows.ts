import type { WorkflowDefinition } from "../domain/workflow.ts";
import { type Database, type Page, type PageRequest, page } from "./database.ts";

/** The project of workflows that are built in: every project sees them, none changes them. */
export const builtIn = "*";

/** One version of a workflow; versions never change. */
export interface StoredWorkflow {
  project: string;
  version: number;
  definition: WorkflowDefinition;
  createdBy: string;
  createdAt: string;
}

const columns = `project, version, definition, created_by AS "createdBy", created_at AS "createdAt"`;

/** Stores the next version of a workflow, or gives the current one where the definition is the same. */
export async function storeWorkflow(
  db: Database,
  workflow: { project: string; definition: WorkflowDefinition; createdBy: string },
): Promise<StoredWorkflow> {
  const { project, definition, createdBy } = workflow;
  // Two at once would choose the same version.
  await db.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [`${project}/${definition.name}`]);
  const { rows } = await db.query<StoredWorkflow>(
    `WITH current AS (
       SELECT ${columns} FROM workflows WHERE project = $1 AND name = $2 ORDER BY version DESC LIMIT 1
     ), added AS (
       INSERT INTO workflows (project, name, version, definition, created_by)
       SELECT $1, $2, coalesce((SELECT version FROM current), 0) + 1, $3::jsonb, $4
       WHERE NOT EXISTS (SELECT 1 FROM current WHERE definition = $3::jsonb)
       RETURNING ${columns}
     )
     SELECT * FROM added UNION ALL SELECT * FROM current ORDER BY version DESC LIMIT 1`,
    [project, definition.name, JSON.stringify(definition), createdBy],
  );
  return rows[0] as StoredWorkflow;
}

/** The current version of a workflow as a project sees it: its own, or the built-in one of that name. */
export async function currentWorkflow(
  db: Database,
  { project, name }: { project: string; name: string },
): Promise<StoredWorkflow | undefined> {
  const { rows } = await db.query<StoredWorkflow>(
    `SELECT ${columns} FROM workflows WHERE name = $2 AND project IN ($1, '${builtIn}')
     ORDER BY project = '${builtIn}', version DESC LIMIT 1`,
    [project, name],
  );
  return rows[0];
}

/** One version, as a run names it. */
export async function workflowVersion(
  db: Database,
  { project, name, version }: { project: string; name: string; version: number },
): Promise<StoredWorkflow | undefined> {
  const { rows } = await db.query<StoredWorkflow>(
    `SELECT ${columns} FROM workflows WHERE project = $1 AND name = $2 AND version = $3`,
    [project, name, version],
  );
  return rows[0];
}

/** The current versions of what a project sees, by name. */
export async function listWorkflows(
  db: Database,
  { project, limit, cursor }: PageRequest & { project: string },
): Promise<Page<StoredWorkflow>> {
  const { rows } = await db.query<StoredWorkflow>(
    `SELECT DISTINCT ON (name) ${columns} FROM workflows
     WHERE project IN ($1, '${builtIn}') AND name > $2
     ORDER BY name, project = '${builtIn}', version DESC LIMIT $3`,
    [project, cursor ?? "", limit + 1],
  );
  return page(rows, limit, (row) => row.definition.name);
}
