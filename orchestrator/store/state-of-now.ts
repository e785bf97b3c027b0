import type { Database } from "./database.ts";

// What is so now, for gauges. Each is one statement that an index answers.

/** Runs that have not ended, by state. */
export async function runsOfNow(db: Database): Promise<Record<string, number>> {
  const { rows } = await db.query<{ state: string; count: number }>(
    `SELECT state, count(*) AS count FROM runs
     WHERE state IN ('queued', 'running', 'waiting-for-approval', 'paused') GROUP BY state`,
  );
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

/** Approvals that nobody has decided, and for how many seconds the first of them waits; 0 where none does. */
export async function approvalsOfNow(db: Database): Promise<{ pending: number; oldestSeconds: number }> {
  const { rows } = await db.query<{ pending: number; oldestSeconds: number }>(
    `SELECT count(*) AS pending, coalesce(extract(epoch FROM now() - min(requested_at)), 0)::float8 AS "oldestSeconds"
     FROM approvals WHERE state = 'pending'`,
  );
  return rows[0] ?? { pending: 0, oldestSeconds: 0 };
}

/** Registered agents by type and state, what they do and could do at once. */
export async function agentsOfNow(
  db: Database,
): Promise<{ type: string; state: string; count: number; load: number; capacity: number }[]> {
  const { rows } = await db.query<{
    type: string;
    state: string;
    count: number;
    load: number;
    capacity: number;
  }>(
    `SELECT type, state, count(*) AS count, sum(load)::int AS load, sum(capacity)::int AS capacity
     FROM agents GROUP BY type, state`,
  );
  return rows;
}

/** Sessions with tasks that have not ended, the oldest first, and how long ago their first task came. */
export async function sessionsOfNow(
  db: Database,
  limit: number,
): Promise<{ id: string; ageSeconds: number }[]> {
  const { rows } = await db.query<{ id: string; ageSeconds: number }>(
    `SELECT open.id, extract(epoch FROM now() - min(runs.accepted_at))::float8 AS "ageSeconds" FROM (
       SELECT DISTINCT project, labels->>'session' AS id FROM runs WHERE labels ? 'session'
         AND state IN ('queued', 'running', 'waiting-for-approval', 'paused') LIMIT $1) AS open
     JOIN runs ON runs.project = open.project AND runs.labels->>'session' = open.id
     GROUP BY open.project, open.id ORDER BY 2 DESC`,
    [limit],
  );
  return rows;
}

/** Workflows that DBOS would go on with though their run was deleted more than a minute ago. */
export async function orphanedRuns(db: Database): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `SELECT count(*) AS count FROM dbos.workflow_status
     WHERE status IN ('PENDING', 'ENQUEUED', 'DELAYED') AND created_at < (extract(epoch FROM now()) - 60) * 1000
       AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.id::text = workflow_uuid)`,
  );
  return rows[0]?.count ?? 0;
}

/** US dollars of runs that ended since midnight UTC, and since the first of the month by project, the dearest first. */
export async function costsOfNow(
  db: Database,
  projects: number,
): Promise<{ today: number; monthByProject: Record<string, number> }> {
  const { rows } = await db.query<{ project: string; today: number; month: number }>(
    `SELECT project, sum(cost_usd) AS month,
       coalesce(sum(cost_usd) FILTER (WHERE finished_at >= date_trunc('day', now(), 'UTC')), 0) AS today
     FROM runs WHERE cost_usd > 0 AND finished_at >= date_trunc('month', now(), 'UTC')
     GROUP BY project ORDER BY month DESC`,
  );
  const today = rows.reduce((sum, row) => sum + row.today, 0);
  const shown = rows.slice(0, projects).map(({ project, month }) => [project, month]);
  return { today, monthByProject: Object.fromEntries(shown) };
}
