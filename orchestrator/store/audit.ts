import { type Database, type Page, type PageRequest, page } from "./database.ts";
import { jsonText } from "./json.ts";

/** Who did what to which object, and what came of it. Only ever appended to: the table refuses changes. */
export interface AuditRecord {
  actor: string;
  project: string;
  /** What was done, such as `run.accept`. */
  action: string;
  /** What it was done to, such as `run/ID`. */
  object: string;
  /** `attempted` is written before a change, the others after it. */
  outcome: "attempted" | "done" | "refused" | "failed";
  requestId: string;
  /** Nothing secret and nothing unbounded. */
  detail?: Record<string, unknown>;
}

export type StoredAuditRecord = AuditRecord & { id: number; at: string };

/** Appends records, in the transaction of what they tell of where there is one. */
export async function appendAudit(db: Database, records: readonly AuditRecord[]): Promise<void> {
  await db.query({
    name: "append-audit",
    text: `INSERT INTO audit (actor, project, action, object, outcome, request_id, detail)
     SELECT actor, project, action, object, outcome, "requestId", coalesce(detail, '{}')
     FROM jsonb_to_recordset($1::jsonb) AS new (actor text, project text, action text, object text, outcome text,
       "requestId" text, detail jsonb)`,
    values: [jsonText(records)],
  });
}

/** A project's records, the newest first. */
export async function listAudit(
  db: Database,
  { project, limit, cursor }: PageRequest & { project: string },
): Promise<Page<StoredAuditRecord>> {
  const { rows } = await db.query<StoredAuditRecord>(
    `SELECT id, at, actor, project, action, object, outcome, request_id AS "requestId", detail
     FROM audit WHERE project = $1 AND ($2::bigint IS NULL OR id < $2::bigint) ORDER BY id DESC LIMIT $3`,
    [project, cursor ?? null, limit + 1],
  );
  return page(rows, limit, (row) => row.id);
}
