// What is made of what k6 says, with a k6 that says what it is told to.
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { packageFile } from "../../package-root.ts";
import { newProject } from "../../tests/project-folder.ts";
import { rootFolder } from "../../tests/structure/source-files.ts";
import { fakeProgram, temporaryFolder } from "../../tools/fake-tools.ts";
import { type TemporaryLabs, temporaryLabs } from "../temporary-labs.ts";
import { aRun } from "./fixtures/a-run.ts";
import { loadResult, type Summary } from "./result.ts";

let labs: TemporaryLabs;
beforeAll(async () => {
  labs = await temporaryLabs(rootFolder);
});
afterAll(() => labs.close());

/** A project with a k6 of its own: it takes its time to make users, loads nothing for a while, and then says what `says` was given. */
async function projectWithK6() {
  const times = await temporaryFolder();
  const k6 = await fakeProgram(
    "k6",
    `case "$1" in
version) echo 'k6 v1.8.1 (go1.26)' ;;
run) sleep 2; date +%s%3N >${times}/begun; sleep 0.2; cp ${times}/summary.json . ; date +%s%3N >${times}/ended ;;
esac`,
  );
  const cwd = await newProject();
  const env = { PATH: `${k6}:/usr/bin:/bin`, FAIRLEAD_CACHE: await temporaryFolder() };
  const generated = await labs.fairlead(["generate"], { cwd });
  expect(generated.exitCode, generated.stderr).toBe(0);
  const says = (change: Partial<Summary>) =>
    writeFile(
      join(times, "summary.json"),
      JSON.stringify({ ...aRun().summary, durationSeconds: 0.1, ...change }),
    );
  await says({});
  return {
    ...{ cwd, env, says, timeOf: async (name: string) => Number(await readFile(join(times, name), "utf8")) },
    async load(...more: string[]) {
      const to = ["--url", "http://127.0.0.1:9", "--warm-up", "0", "--format", "json"];
      const said = await labs.fairlead(["load", "smoke", ...to, ...more], { cwd, env });
      expect(said.stdout, said.stderr).toMatch(/^\{/);
      return { ...said, result: loadResult.parse(JSON.parse(said.stdout)) };
    },
  };
}

test("a run is looked at from when its load began to when it ended, however long k6 made users before", async () => {
  const { load, timeOf } = await projectWithK6();
  const { result } = await load();
  const [run] = result.runs;
  const [startedAt, endedAt] = [run?.startedAt ?? "", run?.endedAt ?? ""].map((at) => Date.parse(at));
  expect(startedAt).toBeGreaterThanOrEqual(await timeOf("begun"));
  expect(endedAt).toBeGreaterThanOrEqual(await timeOf("ended"));
});

test("runs that fail are no baseline, and runs of another load are not compared with one (WV-16)", async () => {
  const { load, says, cwd } = await projectWithK6();
  const file = join(cwd, "baselines/hello/smoke.json");
  const missed = [{ metric: "http_req_duration", threshold: "p(95)<=100", ok: false }];
  await says({ thresholds: missed });
  const failing = await load("--save-baseline");
  expect([failing.exitCode, existsSync(file)]).toEqual([1, false]);
  expect(failing.stderr).toContain("not kept as a baseline");
  await says({});
  await load("--save-baseline");
  expect(existsSync(file)).toBe(true);
  const other = JSON.parse(await readFile(file, "utf8"));
  await writeFile(file, JSON.stringify({ ...other, load: `sha256:${"0".repeat(64)}` }));
  const { exitCode, result } = await load();
  expect(exitCode).toBe(3);
  expect(result.reasons).toEqual([expect.stringContaining("another load")]);
});

/** What passes for a Prometheus that has no series; `onQuery` is told of each question about a course. */
async function emptyPrometheus(onQuery: () => void = () => undefined): Promise<string> {
  const server = createServer(({ url = "" }, response) => {
    response.setHeader("content-type", "application/json");
    if (url.includes("/query_range")) onQuery();
    const data = url.includes("buildinfo") ? { version: "2.53.1" } : { resultType: "vector", result: [] };
    response.end(JSON.stringify({ status: "success", data }));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("the record names a Prometheus elsewhere as it names itself, and no program of this machine in its stead", async () => {
  const { load, cwd } = await projectWithK6();
  const { stderr } = await load("--prometheus", await emptyPrometheus());
  const file = /Evidence: (.*)$/m.exec(stderr)?.[1] ?? "";
  const { tools } = JSON.parse(await readFile(join(cwd, file), "utf8"));
  expect(tools).toContainEqual({ name: "prometheus", version: "2.53.1" });
});

test("a load that is interrupted after k6 has ended says so", async () => {
  const { cwd, env } = await projectWithK6();
  let interrupt: () => void = () => undefined;
  const prometheus = await emptyPrometheus(() => interrupt());
  const main = packageFile("dist/cli/main.js");
  const args = ["load", "smoke", "--url", "http://127.0.0.1:9", "--warm-up", "0", "--prometheus", prometheus];
  const loading = execa(process.execPath, [main, ...args], { cwd, env, reject: false, stdin: "ignore" });
  interrupt = () => {
    interrupt = () => undefined;
    loading.kill("SIGINT");
  };
  expect((await loading).exitCode).toBe(130);
});
