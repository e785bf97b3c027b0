import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "./database.ts";
import { startEmbedded } from "./embedded.ts";

test("what is stored in a folder that is kept is there at the next start; a temporary folder goes with its server", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-kept-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const first = await startEmbedded({ folder });
  const store = await openStore(first.url);
  await store.pool.query("INSERT INTO shared_states (name, value) VALUES ('mode', '1')");
  await store.close();
  await first.stop();
  expect(existsSync(join(folder, "data/postmaster.pid"))).toBe(false);

  const second = await startEmbedded({ folder });
  const again = await openStore(second.url);
  expect((await again.pool.query("SELECT value FROM shared_states")).rows).toEqual([{ value: 1 }]);
  await again.close();
  await second.stop();

  const temporary = async () =>
    (await readdir(tmpdir())).filter((name) => name.startsWith("fairlead-postgres-"));
  const before = await temporary();
  const third = await startEmbedded();
  const [own] = (await temporary()).filter((name) => !before.includes(name));
  expect(own).toBeDefined();
  await third.stop();
  expect(existsSync(join(tmpdir(), own ?? ""))).toBe(false);
});
