import type { WorkflowDefinition } from "../domain/workflow.ts";
import { type Database, type Page, type PageRequest, page } from "./database.ts";
import { jsonText } from "./json.ts";

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
  const json = jsonText(definition);
  for (;;) {
    const { rows } = await db.query<StoredWorkflow & { same: boolean }>(
      `SELECT ${columns}, definition = $3::jsonb AS same FROM workflows WHERE project = $1 AND name = $2
       ORDER BY version DESC LIMIT 1`,
      [project, definition.name, json],
    );
    const { same, ...current } = rows[0] ?? { same: false, version: 0 };
    if (same) return current as StoredWorkflow;
    const added = await db.query<StoredWorkflow>(
      `INSERT INTO workflows (project, name, version, definition, created_by) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT DO NOTHING RETURNING ${columns}`,
      [project, definition.name, current.version + 1, json, createdBy],
    );
    // Otherwise another process stored that version a moment ago.
    if (added.rows[0]) return added.rows[0];
  }
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

/** The current versions of several workflows, each as its project sees it, under `PROJECT/NAME`. */
export async function currentWorkflows(
  db: Database,
  asked: readonly { project: string; name: string }[],
): Promise<Map<string, StoredWorkflow>> {
  const { rows } = await db.query<StoredWorkflow & { key: string }>({
    name: "current-workflows",
    text: `SELECT asked.project || '/' || asked.name AS key, found.* FROM unnest($1::text[], $2::text[]) AS asked (project, name),
     LATERAL (SELECT ${columns} FROM workflows WHERE name = asked.name AND project IN (asked.project, '${builtIn}')
       ORDER BY project = '${builtIn}', version DESC LIMIT 1) AS found`,
    values: [asked.map(({ project }) => project), asked.map(({ name }) => name)],
  });
  return new Map(rows.map(({ key, ...workflow }) => [key, workflow]));
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
