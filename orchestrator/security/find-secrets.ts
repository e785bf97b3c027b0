// For tests: looks for canary secrets in all that a service wrote and sent (CC-12).
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Store } from "../store/database.ts";

interface Searched {
  /** All tables of its database, the application's and DBOS's, each column as text. */
  store: Store;
  /** All files below it; what is compressed is unpacked. */
  folder?: string;
  /** Whatever else was seen, by name: answers, metrics, log lines, traces, requests that others received. */
  seen: Record<string, unknown>;
}

/**
 * Where any of the texts stands, in clear, URL-encoded, in base64 or in hexadecimal: `SCHEMA.TABLE.COLUMN`, `file PATH`, or the name of what was
 * seen; sorted. Throws where nothing was seen under a name: that would be a search of nothing.
 */
export async function findSecrets(
  secrets: readonly string[],
  { store, folder, seen }: Searched,
): Promise<string[]> {
  const spellings = secrets.flatMap(spellingsOf);
  const places = new Set<string>();
  const search = (place: string, text: string) => {
    if (spellings.some((spelling) => text.includes(spelling))) places.add(place);
  };
  for (const [name, value] of Object.entries(seen)) {
    const text = JSON.stringify(value) ?? "";
    if (text.length < 10) throw new Error(`nothing was seen under ${name}`);
    search(name, text);
  }
  for (const { place, text } of await columnsOf(store)) search(place, text);
  for (const { path, text } of folder === undefined ? [] : await filesBelow(folder))
    search(`file ${path}`, text);
  return [...places].sort();
}

function spellingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  // Without the last characters, which depend on what follows.
  const base64 = bytes.toString("base64").slice(0, Math.floor((bytes.length * 4) / 3) - 2);
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    base64,
    bytes.toString("hex"),
  ];
}

/** What stands in each column of each table, values one after the other. */
async function columnsOf({ pool }: Store): Promise<{ place: string; text: string }[]> {
  const { rows } = await pool.query<{ place: string; name: string; value: string }>(
    `SELECT concat_ws('.', table_schema, table_name, column_name) AS place, format('%I.%I', table_schema, table_name) AS name,
       format(CASE WHEN data_type = 'bytea' THEN 'encode(%I, ''escape'')' ELSE '%I::text' END, column_name) AS value
     FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
     WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
  );
  return Promise.all(
    rows.map(async ({ place, name, value }) => {
      const found = await pool.query<{ text: string | null }>(
        `SELECT string_agg(${value}, E'\\n') AS text FROM ${name}`,
      );
      return { place, text: found.rows[0]?.text ?? "" };
    }),
  );
}

async function filesBelow(folder: string): Promise<{ path: string; text: string }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        const bytes = await readFile(path);
        return { path, text: (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("latin1") };
      }),
  );
}
