import type { StateStore } from "./state-store.ts";

/** As much of a PostgreSQL client or pool as states need. */
export interface StateDatabase {
  query(text: string, values: unknown[]): Promise<{ rows: unknown[]; rowCount: number | null }>;
}

/** The table of all shared states; may be run again. */
export const stateTable = `
CREATE TABLE IF NOT EXISTS resilience_state (
  kind text NOT NULL,
  name text NOT NULL,
  version integer NOT NULL,
  state jsonb NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (kind, name)
)`;

const READ = "SELECT version, state FROM resilience_state WHERE kind = $1 AND name = $2";
const INSERT =
  "INSERT INTO resilience_state (kind, name, version, state) VALUES ($1, $2, 1, $3) ON CONFLICT DO NOTHING";
const UPDATE = `UPDATE resilience_state SET version = version + 1, state = $3, changed_at = now()
  WHERE kind = $1 AND name = $2 AND version = $4`;

/** States of one kind ("breaker", "mode") in PostgreSQL: one row each, replaced only where its version is the expected one. */
export function postgresStates<T>(database: StateDatabase, kind: "breaker" | "mode"): StateStore<T> {
  return {
    read: async (name) => {
      const { rows } = await database.query(READ, [kind, name]);
      return rows[0] as { version: number; state: T } | undefined;
    },
    write: async (name, { state, version }) => {
      const json = JSON.stringify(state);
      const { rowCount } =
        version === 0
          ? await database.query(INSERT, [kind, name, json])
          : await database.query(UPDATE, [kind, name, json, version]);
      return rowCount === 1;
    },
  };
}
