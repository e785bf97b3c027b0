import { readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { serverOf } from "../../orchestrator/store/embedded.ts";
import type { LabFolder } from "../folder.ts";
import { within } from "../processes.ts";
import { ownProgram, saidReady } from "./own-program.ts";
import type { Part } from "./part.ts";

/** PostgreSQL, beside a process that ends it. */
export const database: Part = {
  name: "database",
  title: "PostgreSQL",
  needs: [],
  launch: async (lab) =>
    ownProgram("lab/programs/database.js", lab, {
      env: {
        LAB_PORT: String(lab.port("database")),
        LAB_DATA: join(lab.folder.path, "database"),
        LAB_URL_FILE: urlFile(lab.folder),
      },
    }),
  addresses: saidReady,
  isHealthy: async (_addresses, folder) => {
    const connectionString = await databaseUrl(folder).catch(() => undefined);
    if (connectionString === undefined) return false;
    const limits = { connectionTimeoutMillis: 2_000, query_timeout: 2_000 };
    const client = new pg.Client({ connectionString, ...limits });
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.query("SELECT 1");
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  },
  async gone(folder) {
    // A server whose process was killed is ended by the shell beside it.
    const data = join(folder.path, "database/data");
    if (!(await within(30_000, () => serverOf(data) === undefined)))
      throw new Error(`PostgreSQL (process ${serverOf(data)}) does not end`);
  },
};

/** Where it answers, with the password. */
export async function databaseUrl(folder: LabFolder): Promise<string> {
  return (await readFile(urlFile(folder), "utf8")).trim();
}

function urlFile({ path }: LabFolder): string {
  return join(path, "database-url");
}
