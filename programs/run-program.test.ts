import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { outputOf } from "./run-program.ts";

const run = (
  script: string,
  more: { limitSeconds?: number; signal?: AbortSignal; onLine?: (line: string) => void; log?: string } = {},
) =>
  outputOf(process.execPath, ["-e", script], {
    cwd: ".",
    env: process.env,
    signal: new AbortController().signal,
    limitSeconds: 30,
    ...more,
  });

/** A process that starts another one, says its pid, and waits with it. */
const FAMILY = `
  const child = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  console.log(child.pid);
  setInterval(() => {}, 1000);`;

test("a command's stdout is returned, and each line is heard as it comes", async () => {
  const heard: string[] = [];
  expect(await run("console.log('one'); console.error('two')", { onLine: (line) => heard.push(line) })).toBe(
    "one",
  );
  expect(heard.sort()).toEqual(["one", "two"]);
});

test("a failure tells the end of what the command said", async () => {
  await expect(run("console.error(['it', 'broke'].join(' ')); process.exit(3)")).rejects.toThrow("it broke");
});

test("a command that takes too long is ended, and with it what it started", async () => {
  let grandchild = 0;
  const late = run(FAMILY, { limitSeconds: 1, onLine: (line) => (grandchild = Number(line)) });
  await expect(late).rejects.toThrow("took longer than 1 s and was ended");
  expect(await isGone(grandchild)).toBe(true);
});

test("a command ends when it is told to, and with it what it started", async () => {
  let grandchild = 0;
  const interruption = new AbortController();
  const onLine = (line: string) => {
    grandchild = Number(line);
    interruption.abort();
  };
  await expect(run(FAMILY, { signal: interruption.signal, onLine })).rejects.toThrow("aborted");
  expect(await isGone(grandchild)).toBe(true);
});

test("the lines of a command with a log are heard as they come, and all of it is returned", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-child-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const heard: string[] = [];
  const lines = "for (const n of [1, 2, 3]) setTimeout(() => console.log('line ' + n), 300 * n)";
  const log = join(folder, "log");
  expect(await run(lines, { log, onLine: (line) => heard.push(line) })).toBe("line 1\nline 2\nline 3\n");
  expect(heard).toEqual(["line 1", "line 2", "line 3"]);
});

/** Whether a process ends within five seconds; one that has ended may wait a moment for its parent to notice. */
async function isGone(pid: number): Promise<boolean> {
  expect(pid).toBeGreaterThan(0);
  for (let waited = 0; waited < 50; waited++) {
    const { execa } = await import("execa");
    const { stdout } = await execa("ps", ["-o", "stat=", "-p", String(pid)], { reject: false });
    if (stdout.trim() === "" || stdout.startsWith("Z")) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}
