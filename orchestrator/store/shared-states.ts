import type { Database } from "./database.ts";
import { jsonText } from "./json.ts";

/** What all processes must agree on, under a name: the mode, a breaker, the emergency level. */
export interface SharedState<T> {
  value: T;
  version: number;
}

/** The state of that name, as JSON; its shape is known to those who write it. */
export async function readSharedState<T>(db: Database, name: string): Promise<SharedState<T> | undefined> {
  const { rows } = await db.query<SharedState<T>>(
    "SELECT value, version FROM shared_states WHERE name = $1",
    [name],
  );
  return rows[0];
}

/**
 * Replaces the state of that name where its version is still the expected one (0: where there is none yet), and gives the new
 * version; nothing: another process was faster, read again.
 */
export async function replaceSharedState(
  db: Database,
  { name, value, expectedVersion }: { name: string; value: unknown; expectedVersion: number },
): Promise<number | undefined> {
  const json = jsonText(value);
  const { rows } =
    expectedVersion === 0
      ? await db.query<{ version: number }>(
          "INSERT INTO shared_states (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING version",
          [name, json],
        )
      : await db.query<{ version: number }>(
          `UPDATE shared_states SET value = $2, version = version + 1, updated_at = now()
           WHERE name = $1 AND version = $3 RETURNING version`,
          [name, json, expectedVersion],
        );
  return rows[0]?.version;
}
