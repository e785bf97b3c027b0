import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "./database.ts";
import { startEmbedded } from "./embedded.ts";
import { migrate } from "./migrate.ts";

test("migrations are applied once, in order, by one of those that start together; changed or missing ones are refused", async () => {
  const server = await startEmbedded({ settings: ["fsync=off"] });
  onTestFinished(() => server.stop());
  const stores = await Promise.all([1, 2, 3].map(() => openStore(server.url)));
  expect((await stores[0]?.pool.query("SELECT count(*) FROM migrations"))?.rows).toEqual([
    { count: (await readdir(new URL("migrations", import.meta.url))).length },
  ]);
  await Promise.all(stores.map((store) => store.close()));

  const folder = await mkdtemp(join(tmpdir(), "fairlead-migrations-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  onTestFinished(() => client.end());
  await expect(migrate(client, folder)).rejects.toThrow(
    "newer than this program: it has migration 0001-records.sql",
  );
  await client.query("DROP SCHEMA orchestrator CASCADE");

  await writeFile(join(folder, "0002-b.sql"), "INSERT INTO t VALUES (1)");
  await writeFile(join(folder, "0001-a.sql"), "CREATE TABLE t (n int)");
  await migrate(client, folder);
  await migrate(client, folder);
  expect((await client.query("SELECT n FROM t")).rows).toEqual([{ n: 1 }]);

  await writeFile(join(folder, "0003-c.sql"), "INSERT INTO t VALUES (2); INSERT INTO nowhere VALUES (1)");
  await expect(migrate(client, folder)).rejects.toThrow(
    'migration 0003-c.sql: relation "nowhere" does not exist',
  );
  expect((await client.query("SELECT n FROM t")).rows).toEqual([{ n: 1 }]);
  await writeFile(join(folder, "0001-a.sql"), "CREATE TABLE t (n bigint)");
  await expect(migrate(client, folder)).rejects.toThrow("0001-a.sql has changed since it was applied");
});
