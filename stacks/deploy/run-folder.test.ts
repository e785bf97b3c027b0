import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { openRunFolder } from "./run-folder.ts";

let prefix: string;

beforeEach(async () => {
  const parent = await mkdtemp(join(tmpdir(), "fairlead-run-folder-test-"));
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
  prefix = join(parent, "run-");
});

/** A process that does nothing. */
async function other() {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  await once(child, "spawn");
  const ended = once(child, "exit");
  onTestFinished(() => void child.kill("SIGKILL"));
  const kill = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  return { pid: child.pid ?? 0, kill };
}

/** A folder whose run was killed while another process, or none, used it too. */
async function left(pid?: number): Promise<string> {
  const { folder, usedBy } = await openRunFolder(prefix);
  if (pid !== undefined) usedBy(pid);
  const file = join(folder, "used-by.jsonl");
  await writeFile(file, (await readFile(file, "utf8")).replace(/"startedAt":"/, "$&earlier "));
  return folder;
}

test("what a killed run left is removed by the next one, after what is to be done with it", async () => {
  const [one, elsewhere] = [await left(), prefix.replace(/run-$/, "other-")];
  await mkdir(elsewhere);
  const removed: string[] = [];
  const run = await openRunFolder(prefix, async (folder) => void removed.push(folder));
  expect(removed).toEqual([one]);
  expect([one, elsewhere, run.folder].map((folder) => existsSync(folder))).toEqual([false, true, true]);
  await run.remove();
  expect(existsSync(run.folder)).toBe(false);
});

test("it stays as long as something uses it: a run, or what a killed run has started", async () => {
  const running = await openRunFolder(prefix);
  const child = await other();
  const used = await left(child.pid);
  await openRunFolder(prefix);
  expect([running.folder, used].map((folder) => existsSync(folder))).toEqual([true, true]);
  await child.kill();
  await openRunFolder(prefix);
  expect([running.folder, used].map((folder) => existsSync(folder))).toEqual([true, false]);
});

test("what is kept is a folder like any other; and one of which nothing is known is left alone", async () => {
  const { folder, keep } = await openRunFolder(prefix);
  await keep();
  const half = await left();
  await appendFile(join(half, "used-by.jsonl"), '{"host":');
  const foreign = await left();
  const file = join(foreign, "used-by.jsonl");
  await writeFile(file, (await readFile(file, "utf8")).replace(/"host":"/, "$&another-"));
  await openRunFolder(prefix);
  expect([folder, half, foreign].map((each) => existsSync(each))).toEqual([true, true, true]);
});
