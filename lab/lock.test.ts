// Takers of a lock are processes: several of them, each again and again, with whoever has the lock "dying" each time.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { execa } from "execa";
import { expect, test } from "vitest";
import { rootFolder } from "../tests/structure/source-files.ts";
import { temporaryFolder } from "../tools/fake-tools.ts";
import { lockFile, withLock } from "./lock.ts";
import { startOf } from "./processes.ts";

const me = () => ({ pid: process.pid, startedAt: startOf(process.pid) });
const dead = JSON.stringify({ ...me(), startedAt: "another boot/1" });

/** A program that takes the lock of a folder many times; whoever is in there with another one ends with a stack. */
async function taker(folder: string): Promise<string> {
  const program = `
    import { mkdirSync, renameSync, rmdirSync, writeFileSync } from "node:fs";
    import { withLock } from ${JSON.stringify(join(rootFolder, "lab/lock.ts"))};
    const [path, rounds] = process.argv.slice(2);
    let held = 0;
    while (held < Number(rounds)) {
      try {
        await withLock({ name: "one", path }, async () => {
          mkdirSync(path + "/inside");
          await new Promise((done) => setTimeout(done, 1));
          rmdirSync(path + "/inside");
          // As if it were killed: its lock stays, and it is gone.
          const left = path + "/left." + process.pid;
          writeFileSync(left, JSON.stringify({ pid: process.pid, startedAt: "another boot/" + held }));
          renameSync(left, path + "/lock");
        });
        held++;
      } catch (error) {
        if (error.problems?.[0]?.rule !== "lab/locked") throw error;
      }
      // Without a pause they would only wait for each other.
      await new Promise((done) => setTimeout(done, 0));
    }`;
  const outfile = join(folder, "taker.mjs");
  const stdin = { contents: program, resolveDir: rootFolder, loader: "ts" as const };
  await build({ ...{ stdin, outfile, bundle: true, platform: "node", format: "esm", logLevel: "silent" } });
  return outfile;
}

test("of many who find a holder that is gone, one has the lock at a time", async () => {
  const folder = await temporaryFolder();
  const program = await taker(folder);
  const path = join(folder, "one");
  await mkdir(path);
  await writeFile(join(path, lockFile), dead);
  const takers = Array.from({ length: 4 }, () =>
    execa(process.execPath, [program, path, "100"], { reject: false, timeout: 200_000 }),
  );
  for (const { exitCode, stderr } of await Promise.all(takers)) expect(exitCode, stderr).toBe(0);
  // Nothing is left of how they found out who is next.
  expect(await readdir(path)).toEqual([lockFile]);
});

test("only one's own lock is given back, and a folder that has nothing in it goes with it", async () => {
  const folder = { name: "one", path: join(await temporaryFolder(), "one") };
  await withLock(folder, async () => {
    await expect(withLock(folder, async () => undefined)).rejects.toMatchObject({
      problems: [{ rule: "lab/locked" }],
    });
    expect(await readdir(folder.path)).toEqual([lockFile]);
  });
  expect(existsSync(folder.path)).toBe(false);
  await withLock(folder, async () => writeFile(join(folder.path, lockFile), dead));
  expect(await readdir(folder.path)).toEqual([lockFile]);
});

test("who died while he took a lock over is himself taken over from", async () => {
  const folder = { name: "one", path: await temporaryFolder() };
  const taken: string[] = [];
  await writeFile(join(folder.path, lockFile), dead);
  // The first takes over under the name that the second will look for.
  const digest = createHash("sha256").update(dead).digest("hex").slice(0, 16);
  await writeFile(join(folder.path, `${lockFile}.after-${digest}`), dead);
  await withLock(folder, async () => void taken.push(...(await readdir(folder.path))));
  expect(taken).toEqual([lockFile]);
});
