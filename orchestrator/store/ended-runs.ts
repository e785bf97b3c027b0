import type { Database } from "./database.ts";

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

/** The lowest id that a run of that millisecond may have: version 7 begins with the time. */
function firstIdOf(milliseconds: number): string {
  const hex = Math.max(0, Math.floor(milliseconds)).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
