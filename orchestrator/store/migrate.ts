import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Client, ClientBase } from "pg";
import { packageFile } from "../../package-root.ts";

/** The schema that holds the orchestrator's tables, beside DBOS's own. */
export const schema = "orchestrator";

/** Key of the advisory lock under which one process migrates while the others wait. */
const migrationLock = 0x66_6c_6d_67;

interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

/**
 * Brings the database's tables up to date: each SQL file of `migrations/` once, in the order of their names, each in a transaction
 * of its own, one process at a time. Refuses to go on where a file that was applied has changed since, or where the database is
 * newer than this program. (Own code: of the libraries, those with checksums take no lock, and those with a lock keep no checksums.)
 */
export async function migrate(client: Client, folder = packageFile("orchestrator/store/migrations")) {
  const migrations = await readMigrations(folder);
  await client.query("SELECT pg_advisory_lock($1)", [migrationLock]);
  try {
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    await client.query(`SET search_path TO ${schema}`);
    await client.query(
      "CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, checksum text NOT NULL, at timestamptz NOT NULL DEFAULT now())",
    );
    const { rows } = await client.query<{ name: string; checksum: string }>(
      "SELECT name, checksum FROM migrations",
    );
    const applied = new Map(rows.map((row) => [row.name, row.checksum]));
    refuseStrangers(migrations, applied);
    for (const migration of migrations) if (!applied.has(migration.name)) await apply(client, migration);
  } finally {
    await client.query("SELECT pg_advisory_unlock($1)", [migrationLock]);
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(folder, name), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

function refuseStrangers(migrations: Migration[], applied: Map<string, string>): void {
  const known = new Map(migrations.map((migration) => [migration.name, migration.checksum]));
  for (const [name, checksum] of applied) {
    if (!known.has(name))
      throw new Error(`the database is newer than this program: it has migration ${name}`);
    if (known.get(name) !== checksum)
      throw new Error(`migration ${name} has changed since it was applied: add a new file instead`);
  }
}

async function apply(client: ClientBase, { name, sql, checksum }: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(sql);
    await client.query("INSERT INTO migrations (name, checksum) VALUES ($1, $2)", [name, checksum]);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw new Error(`migration ${name}: ${(error as Error).message}`, { cause: error });
  }
}
