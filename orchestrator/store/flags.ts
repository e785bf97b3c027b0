import { type Database, type Page, type PageRequest, page } from "./database.ts";
import { jsonText } from "./json.ts";

/** A feature flag with its flagd definition. */
export interface StoredFlag {
  name: string;
  definition: Record<string, unknown>;
  version: number;
  updatedBy: string;
  updatedAt: string;
}

const columns = `name, definition, version, updated_by AS "updatedBy", updated_at AS "updatedAt"`;

/** Stores a flag; with an expected version only where that is still the current one (0: where there is none yet). */
export async function storeFlag(
  db: Database,
  flag: { name: string; definition: Record<string, unknown>; by: string; expectedVersion?: number },
): Promise<StoredFlag | undefined> {
  const { rows } = await db.query<StoredFlag>(
    `INSERT INTO flags (name, definition, updated_by) SELECT $1, $2::jsonb, $3
       WHERE coalesce($4, 0) = 0 OR EXISTS (SELECT 1 FROM flags WHERE name = $1)
     ON CONFLICT (name) DO UPDATE SET definition = $2::jsonb, updated_by = $3, updated_at = now(), version = flags.version + 1
       WHERE $4::int IS NULL OR flags.version = $4
     RETURNING ${columns}`,
    [flag.name, jsonText(flag.definition), flag.by, flag.expectedVersion ?? null],
  );
  return rows[0];
}

/** A flag by its name. */
export async function findFlag(db: Database, name: string): Promise<StoredFlag | undefined> {
  const { rows } = await db.query<StoredFlag>(`SELECT ${columns} FROM flags WHERE name = $1`, [name]);
  return rows[0];
}

/**
 * Those of the named flags that there are, as they stay until the transaction ends: who changes one waits so long, and so knows, once it is
 * changed, that nothing is decided by the old definition any more.
 */
export async function holdFlags(db: Database, names: readonly string[]): Promise<StoredFlag[]> {
  const { rows } = await db.query<StoredFlag>({
    name: "hold-flags",
    text: `SELECT ${columns} FROM flags WHERE name = ANY($1) ORDER BY name FOR SHARE`,
    values: [names],
  });
  return rows;
}

/** Flags by name. */
export async function listFlags(db: Database, { limit, cursor }: PageRequest): Promise<Page<StoredFlag>> {
  const { rows } = await db.query<StoredFlag>(
    `SELECT ${columns} FROM flags WHERE name > $1 ORDER BY name LIMIT $2`,
    [cursor ?? "", limit + 1],
  );
  return page(rows, limit, (row) => row.name);
}
