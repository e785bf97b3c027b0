import type { Database } from "./database.ts";
import { firstIdOf } from "./run-id.ts";

/**
 * The share of failures among the newest runs that were accepted since that time (milliseconds since 1970) and have succeeded or failed, and how many they are: at most 200, so that it is one
 * short walk along the primary key, whose ids ascend with time.
 */
export async function failedShare(db: Database, since: number): Promise<{ ratio: number; of: number }> {
  const { rows } = await db.query<{ ratio: number | null; of: number }>({
    name: "failed-share",
    text: `SELECT avg((state = 'failed')::int)::float8 AS ratio, count(*) AS of FROM (
       SELECT state FROM runs WHERE id > $1::uuid AND state IN ('succeeded', 'failed') ORDER BY id DESC LIMIT 200) newest`,
    values: [firstIdOf(since)],
  });
  return { ratio: rows[0]?.ratio ?? 0, of: rows[0]?.of ?? 0 };
}
