import type { Store } from "../store/database.ts";
import type { Hive, HiveSession } from "./ports.ts";

const columns = `labels->>'session' AS id,
  CASE WHEN bool_or(state NOT IN ('succeeded', 'failed', 'cancelled')) THEN 'running' ELSE 'ended' END AS state,
  min(accepted_at) AS "startedAt", extract(epoch FROM now() - min(accepted_at))::float8 AS "ageSeconds"`;
const byState = `(SELECT jsonb_object_agg(state, count) FROM (SELECT state, count(*) FROM runs others
  WHERE others.project = $1 AND others.labels->>'session' = sessions.id GROUP BY state) counted) AS tasks`;

/** Sessions, read from the labels of their tasks. */
export function hiveSessions({ pool }: Store): Pick<Hive, "runningSessions" | "session"> {
  return {
    runningSessions: async (project) => {
      const { rows } = await pool.query<HiveSession>(
        `SELECT *, ${byState} FROM (SELECT ${columns} FROM runs WHERE project = $1 AND labels->>'session' IN (
             SELECT DISTINCT labels->>'session' FROM runs WHERE project = $1 AND labels ? 'session'
               AND state IN ('queued', 'running', 'waiting-for-approval', 'paused') LIMIT 200)
           GROUP BY labels->>'session') sessions ORDER BY "startedAt"`,
        [project],
      );
      return rows;
    },
    session: async (project, name) => {
      const { rows } = await pool.query<HiveSession>(
        `SELECT *, ${byState} FROM (SELECT ${columns} FROM runs
           WHERE project = $1 AND labels->>'session' = $2 GROUP BY labels->>'session') sessions`,
        [project, name],
      );
      return rows[0];
    },
  };
}
