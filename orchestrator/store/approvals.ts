import { type Database, type Page, type PageRequest, page } from "./database.ts";
import { withoutNulls } from "./rows.ts";

/** What a person with the role is asked: may this step of the run be done? `withdrawn`: the run ended meanwhile, or nobody decided in time. */
export interface Approval {
  id: string;
  runId: string;
  stepId: string;
  project: string;
  role: string;
  requestedBy: string;
  state: "pending" | "approved" | "rejected" | "withdrawn";
  requestedAt: string;
  decidedBy?: string;
  decidedAt?: string;
  comment?: string;
}

const columns = `id, run_id AS "runId", step_id AS "stepId", project, role, requested_by AS "requestedBy", state,
  requested_at AS "requestedAt", decided_by AS "decidedBy", decided_at AS "decidedAt", comment`;

/** An approval by its id. */
export async function findApproval(db: Database, id: string): Promise<Approval | undefined> {
  const { rows } = await db.query(`SELECT ${columns} FROM approvals WHERE id = $1`, [id]);
  return rows[0] && withoutNulls<Approval>(rows[0]);
}

/** A project's approvals, the newest first; `pending`: only those that wait. */
export async function listApprovals(
  db: Database,
  { project, pending, limit, cursor }: PageRequest & { project: string; pending?: boolean },
): Promise<Page<Approval>> {
  const { rows } = await db.query(
    `SELECT ${columns} FROM approvals
     WHERE project = $1 ${pending ? "AND state = 'pending'" : ""} AND ($2::uuid IS NULL OR id < $2::uuid)
     ORDER BY id DESC LIMIT $3`,
    [project, cursor ?? null, limit + 1],
  );
  return page(rows.map(withoutNulls<Approval>), limit, (row) => row.id);
}

/** Asks for a decision; asked again, the first request stands. */
export async function requestApproval(
  db: Database,
  { id, runId, stepId, role }: { id: string; runId: string; stepId: string; role: string },
): Promise<Approval & { isNew: boolean }> {
  const { rowCount } = await db.query(
    `INSERT INTO approvals (id, run_id, step_id, project, role, requested_by)
     SELECT $1, id, $3, project, $4, requested_by FROM runs WHERE id = $2
     ON CONFLICT (run_id, step_id) DO NOTHING`,
    [id, runId, stepId, role],
  );
  const { rows } = await db.query(`SELECT ${columns} FROM approvals WHERE run_id = $1 AND step_id = $2`, [
    runId,
    stepId,
  ]);
  if (!rows[0]) throw new Error(`run ${runId} is gone`);
  return { ...withoutNulls<Approval>(rows[0]), isNew: rowCount === 1 };
}

/** Takes a request back that nobody has decided, and says how long it waited; nothing: it was decided, or taken back, before. */
export async function withdrawApproval(
  db: Database,
  id: string,
): Promise<{ waitedSeconds: number } | undefined> {
  const { rows } = await db.query(
    `UPDATE approvals SET state = 'withdrawn' WHERE id = $1 AND state = 'pending'
     RETURNING extract(epoch FROM now() - requested_at)::float8 AS "waitedSeconds"`,
    [id],
  );
  return rows[0];
}

/**
 * Stores a decision; the first one counts. Gives nothing where there is nothing to decide: unknown, decided already, or asked for by
 * the one who decides (the table refuses that too).
 */
export async function decideApproval(
  db: Database,
  decision: { id: string; decision: "approved" | "rejected"; by: string; comment?: string },
): Promise<(Approval & { waitedSeconds: number }) | undefined> {
  const { rows } = await db.query(
    `UPDATE approvals SET state = $2, decided_by = $3, decided_at = now(), comment = $4
     WHERE id = $1 AND state = 'pending' AND requested_by <> $3
     RETURNING ${columns}, extract(epoch FROM now() - requested_at)::float8 AS "waitedSeconds"`,
    [decision.id, decision.decision, decision.by, decision.comment ?? null],
  );
  return rows[0] && withoutNulls<Approval & { waitedSeconds: number }>(rows[0]);
}
