// Several real k6 processes that share a load, judged together in a real Prometheus.
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Running, startPrometheus } from "../../checks/panels/start-prometheus.ts";
import { edit, newProject } from "../../tests/project-folder.ts";
import { rootFolder } from "../../tests/structure/source-files.ts";
import { requireTool } from "../../tools/index.ts";
import { type TemporaryLabs, temporaryLabs } from "../temporary-labs.ts";
import { loadResult } from "./result.ts";

const catalog = "catalog/platforms/hello/index.ts";
const usual = 'arrivals: { kind: "constant", rate: "5/s", for: "30s" },';

let labs: TemporaryLabs;
let prometheus: Running;
let folder: string;

beforeAll(async () => {
  labs = await temporaryLabs(rootFolder);
  folder = await mkdtemp(join(tmpdir(), "fairlead-prometheus-"));
  await writeFile(join(folder, "prometheus.yaml"), "global: {}\n");
  const path = await requireTool("prometheus");
  prometheus = await startPrometheus({ path, folder }, ["--web.enable-remote-write-receiver"]);
});
afterAll(async () => {
  await prometheus?.end();
  await labs.close();
  await rm(folder, { recursive: true, force: true });
});

/** A server that answers; what comes in the given milliseconds after its first request waits for their end. */
async function server(slow?: { from: number; to: number }): Promise<{ url: string; close(): void }> {
  let first = 0;
  const listening = createServer((_request, response) => {
    first ||= Date.now();
    const since = Date.now() - first;
    const wait = slow && since >= slow.from && since < slow.to ? slow.to - since : 0;
    setTimeout(() => response.end("{}"), wait);
  });
  await new Promise<void>((done) => listening.listen(0, "127.0.0.1", done));
  const { port } = listening.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => listening.close() };
}

/** A new project whose smoke test has these arrivals. */
async function projectWith(arrivals: string): Promise<string> {
  const project = await newProject();
  await edit(project, catalog, usual, arrivals);
  const { exitCode, stderr } = await labs.fairlead(["generate"], { cwd: project });
  expect(exitCode, stderr).toBe(0);
  return project;
}

async function load(project: string, url: string, more: string[]) {
  const args = ["load", "smoke", "--url", url, "--prometheus", `http://${prometheus.address}`];
  const said = await labs.fairlead([...args, "--warm-up", "0", "--format", "json", ...more], {
    cwd: project,
  });
  expect(said.stdout, said.stderr).toMatch(/^\{/);
  return { ...said, result: loadResult.parse(JSON.parse(said.stdout)) };
}

test("runners share the iterations of a load, and are judged by all of their samples (PM-10)", async () => {
  const project = await projectWith(usual);
  const { url, close } = await server();
  const { result } = await load(project, url, ["--runners", "3", "--compress", "5"]);
  close();
  const [run] = result.runs;
  const alone = run?.runners.map(({ requests }) => requests) ?? [];
  expect(alone).toHaveLength(3);
  expect(Math.min(...alone)).toBeGreaterThan(0);
  expect(run?.summary.requests).toBe(alone.reduce((total, one) => total + one, 0));
  expect(run?.summary.iterations).toBe(run?.summary.requests);
  expect(run?.summary.errorRate).toBe(0);
  expect(run?.summary.p99).toBeGreaterThan(0);
  expect(run?.summary.passed).toBe(true);
  const kept = await readdir(join(project, ".fairlead/loads"), { recursive: true });
  const file = kept.find((name) => name.endsWith("run-1/summary.json")) ?? "";
  const written = JSON.parse(await readFile(join(project, ".fairlead/loads", file), "utf8"));
  expect(written).toMatchObject({ profile: "smoke", requests: run?.summary.requests });
});

test("what every runner passes alone fails where their total is beyond a threshold", async () => {
  // 15.6 % of 180 iterations may be dropped, 28. Each runner has one user, who waits 1.5 s while 15 iterations are due: 15 alone, 45 together.
  const project = await projectWith(
    'arrivals: { kind: "constant", rate: "30/s", for: "30s", maxUsers: 3 },\n      checks: "84.4%",',
  );
  const { url, close } = await server({ from: 1_000, to: 2_500 });
  const { result, exitCode } = await load(project, url, ["--runners", "3", "--compress", "5"]);
  close();
  const dropped = (one: { droppedIterations: number }) => one.droppedIterations;
  const [run] = result.runs;
  expect(run?.runners.map(({ passed }) => passed)).toEqual([true, true, true]);
  const whole = run?.summary.thresholds.find(({ metric }) => metric === "dropped_iterations");
  const value = run?.runners.reduce((total, one) => total + dropped(one), 0);
  expect(whole).toMatchObject({ ok: false, value });
  expect(run?.summary.passed).toBe(false);
  expect(exitCode).toBe(1);
});

test("a load that cannot be shared is told before anything is sent", async () => {
  const project = await projectWith(usual);
  const args = ["load", "smoke", "--url", "http://127.0.0.1:9", "--runners"];
  const alone = await labs.fairlead([...args, "2"], { cwd: project });
  expect(alone).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("none is named") });
  const named = ["--prometheus", `http://${prometheus.address}`];
  const many = await labs.fairlead([...args, "9999", ...named], { cwd: project });
  expect(many).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("has 100 users") });
});

test("a Prometheus that does not take the runners' samples decides nothing", async () => {
  const project = await projectWith(usual);
  const { url, close } = await server();
  const args = ["load", "smoke", "--url", url, "--prometheus", url, "--runners", "2"];
  const said = await labs.fairlead([...args, "--warm-up", "0", "--compress", "15"], { cwd: project });
  close();
  expect(said).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("lab/no-prometheus") });
});
