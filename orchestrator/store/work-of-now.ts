import type { Priority } from "../domain/workflow.ts";
import type { Database } from "./database.ts";

/** What waits and what is being done over all processes, for gauges. */
export interface WorkOfNow {
  pending: Record<Priority, number>;
  /** Steps that are being done, by step id. */
  running: Record<string, number>;
  /** The process that tells what exists once: the one that has been there longest. */
  leader: string | undefined;
}

/** Counts it, in one statement. */
export async function workOfNow(db: Database): Promise<WorkOfNow> {
  const { rows } = await db.query<{
    pending: Record<string, number>;
    running: Record<string, number>;
    leader: string | null;
  }>(
    `SELECT
       (SELECT coalesce(jsonb_object_agg(priority, count), '{}') FROM
         (SELECT priority, count(*) FROM runs WHERE state = 'queued' GROUP BY priority) AS queued) AS pending,
       (SELECT coalesce(jsonb_object_agg(step_id, count), '{}') FROM
         (SELECT step_id, count(*) FROM steps JOIN runs ON runs.id = run_id
          WHERE runs.state = 'running' AND steps.state = 'running' GROUP BY step_id) AS working) AS running,
       (SELECT id FROM executors WHERE NOT lost ORDER BY slot LIMIT 1) AS leader`,
  );
  const [row] = rows;
  return {
    pending: { urgent: 0, normal: 0, low: 0, ...row?.pending },
    running: row?.running ?? {},
    leader: row?.leader ?? undefined,
  };
}
