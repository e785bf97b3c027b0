import type { Database } from "./database.ts";

/** Sessions that are said to run, or one project's: what was stored of each, with whether the process that runs it is still there. */
export async function storedSessions<T>(
  db: Database,
  { project }: { project?: string } = {},
): Promise<(T & { isLost: boolean })[]> {
  const { rows } = await db.query<{ value: T; isLost: boolean }>(
    `SELECT value, NOT EXISTS (
       SELECT 1 FROM executors WHERE id = value->>'executor' AND NOT lost) AS "isLost"
     FROM shared_states WHERE name LIKE 'session/%' AND value->>'state' = 'running'
       AND ($1::text IS NULL OR value->>'project' = $1)
     ORDER BY name LIMIT 200`,
    [project ?? null],
  );
  return rows.map(({ value, isLost }) => ({ ...value, isLost }));
}

/** Forgets sessions that ended more than a day ago, and the mode of a session that begins anew under a known key. */
export async function forgetSessions(db: Database, { beginning }: { beginning: string }): Promise<void> {
  await db.query(
    `DELETE FROM shared_states WHERE name = 'mode/session/' || $1
       OR (name LIKE 'session/%' AND value->>'state' = 'ended' AND updated_at < now() - interval '1 day')`,
    [beginning],
  );
}
