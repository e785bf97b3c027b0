import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { temporaryFolder } from "../tools/fake-tools.ts";
import { runTool } from "./run-tool.ts";

/** Node as a tool that runs a line of JavaScript. */
async function run(code: string, more: { seconds?: number; signal?: AbortSignal; cwd?: string } = {}) {
  const cwd = more.cwd ?? (await temporaryFolder());
  return runTool({ path: process.execPath, args: ["-e", code], seconds: 20, ...more, cwd });
}

const isRunning = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test("what a tool says and whether it failed is returned", async () => {
  expect(await run("console.log(1); console.error(2)")).toEqual({ ok: true, stdout: "1", stderr: "2" });
  expect(await run("console.error('no'); process.exit(3)")).toEqual({ ok: false, stdout: "", stderr: "no" });
});

test("a tool that takes too long is ended, and so told", async () => {
  const started = performance.now();
  const result = await run("console.log(process.pid); setInterval(() => {}, 1000)", { seconds: 1 });
  expect(performance.now() - started).toBeLessThan(4000);
  expect(result).toMatchObject({ ok: false, trouble: "did not end within 1 s" });
  expect(isRunning(Number(result.stdout))).toBe(false);
});

test("a tool that is killed, and one that cannot be started, is told", async () => {
  expect(await run("process.kill(process.pid, 'SIGKILL')")).toMatchObject({
    ok: false,
    trouble: "was ended by SIGKILL",
  });
  const cwd = await temporaryFolder();
  const missing = await runTool({ path: join(cwd, "gone"), args: [], cwd, seconds: 1 });
  expect(missing).toMatchObject({ ok: false, trouble: expect.stringContaining("ENOENT") });
});

test("a signal ends the tool before the call throws", async () => {
  const cwd = await temporaryFolder();
  const abort = new AbortController();
  const call = run("require('fs').writeFileSync('pid', String(process.pid)); setInterval(() => {}, 1000)", {
    cwd,
    signal: abort.signal,
  });
  const pid = await vi.waitFor(async () => {
    const text = await readFile(join(cwd, "pid"), "utf8");
    expect(text).not.toBe("");
    return Number(text);
  });
  abort.abort(new Error("interrupted"));
  await expect(call).rejects.toThrow("interrupted");
  await wait(50);
  expect(isRunning(pid)).toBe(false);
});

test("variables that change what a tool does are kept from it", async () => {
  vi.stubEnv("K6_VUS", "7");
  vi.stubEnv("TF_CLI_ARGS", "-help");
  vi.stubEnv("TF_CLI_CONFIG_FILE", "kept");
  const { stdout } = await run(
    "const e = process.env; console.log(e.K6_VUS, e.TF_CLI_ARGS, e.TF_CLI_CONFIG_FILE)",
  );
  vi.unstubAllEnvs();
  expect(stdout).toBe("undefined undefined kept");
});
