// `fairlead load`, with the real k6: against a lab, and against small servers where it is to go wrong.
import { existsSync } from "node:fs";
import { appendFile, cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { packageFile } from "../../package-root.ts";
import { newProject } from "../../tests/project-folder.ts";
import { rootFolder } from "../../tests/structure/source-files.ts";
import { fakeTool, temporaryFolder } from "../../tools/fake-tools.ts";
import { type TemporaryLabs, temporaryLabs } from "../temporary-labs.ts";
import { loadResult } from "./result.ts";

const tmpfs = ["-t", "tmpfs", "-o", "size=8k", "tmpfs"];
const canMount = await tryToMount();

let labs: TemporaryLabs;
let generatedFiles: string;
let server: Server;
let url: string;
let status = 200;
let answered = 0;

beforeAll(async () => {
  labs = await temporaryLabs(rootFolder);
  generatedFiles = join(await mkdtemp(join(tmpdir(), "fairlead-generated-")), "generated");
  server = createServer((_request, response) => {
    answered++;
    response.writeHead(status).end("{}");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await labs.close();
  await rm(dirname(generatedFiles), { recursive: true, force: true });
});

test("a profile's load on a lab: percentiles, SLOs and resources of the service, a bottleneck, a page with plots (CC-9, PM-10)", async () => {
  const up = await labs.fairlead(["lab", "up", "--platform", "weathervane"]);
  expect(up.exitCode, up.stderr).toBe(0);
  const args = ["load", "smoke", "--platform", "weathervane", "--compress", "3", "--warm-up", "1"];
  const { stdout, stderr, exitCode } = await labs.fairlead([...args, "--format", "json"]);
  const result = loadResult.parse(JSON.parse(stdout));
  expect(exitCode).toBe({ pass: 0, fail: 1, inconclusive: 3 }[result.verdict]);
  const [run] = result.runs;
  // Ten seconds at five a second, of which a busy machine may drop some; the warm-up is not among them.
  expect(run?.summary.iterations).toBeGreaterThan(0);
  expect(run?.summary.iterations).toBeLessThanOrEqual(52);
  expect(run?.summary.errorRate).toBe(0);
  expect(run?.summary.p99).toBeGreaterThanOrEqual(run?.summary.p50 ?? Number.NaN);
  expect(run?.slos.map(({ slo, events }) => [slo, (events ?? 0) > 0])).toEqual([
    ["dashboard-api-availability", true],
    ["dashboard-api-latency", true],
  ]);
  expect(run?.courses.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["answers", "p95", "processor", "memory", "handles", "series", "processor: k6"]),
  );
  expect(run?.bottleneck?.saturation.map(({ resource }) => resource)).toEqual(
    expect.arrayContaining(["processor of the orchestrator", "database pool", "processors of the machine"]),
  );
  expect(run?.samplingOverhead).toBeGreaterThan(0);
  const report = /Report: (.*)$/m.exec(stderr)?.[1] ?? "";
  expect(await readFile(join(rootFolder, report), "utf8")).toContain("<polyline");
  await rm(join(rootFolder, report, ".."), { recursive: true });
});

test("in CommandCenter's lab workflows are done and approved; what its orchestrator has no source for decides nothing (CC-9)", async () => {
  const up = await labs.fairlead(["lab", "up", "--platform", "commandcenter"]);
  expect(up.exitCode, up.stderr).toBe(0);
  const args = ["load", "approval-latency", "--platform", "commandcenter", "--compress", "9"];
  const { stdout } = await labs.fairlead([...args, "--warm-up", "0", "--format", "json"]);
  await labs.fairlead(["lab", "down", "--name", "commandcenter"]);
  const result = loadResult.parse(JSON.parse(stdout));
  expect(result.runs[0]?.summary).toMatchObject({ errorRate: 0 });
  expect(result.runs[0]?.summary.iterations).toBeGreaterThan(2);
  expect(result.runs[0]?.slos).toMatchObject([
    { slo: "approval-notification", verdict: "not measured", because: expect.stringContaining("chat") },
  ]);
  expect(result.verdict).not.toBe("inconclusive");
});

describe("of a service that does not do well", () => {
  const load = async (more: string[] = [], project = "") => {
    const cwd = project || (await generated());
    return labs.fairlead(["load", "smoke", "--url", url, "--compress", "15", "--warm-up", "0", ...more], {
      cwd,
    });
  };

  test("wrong answers fail, in words", async () => {
    status = 503;
    const { exitCode, stdout } = await load();
    status = 200;
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/FAIL\n {2}✗ run 1: checks is not rate>=0\.99/);
  });

  test("a service that does not answer at all fails as well: no sample passes nothing", async () => {
    const { exitCode, stdout } = await load(["--url", "http://127.0.0.1:9"]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain("p50 no sample");
  });

  test("two runs are compared with each other and with the baseline, which is a file of the project (WV-16)", async () => {
    const project = await generated();
    const first = await load(["--repeat", "2", "--save-baseline"], project);
    expect(first.stdout).toMatch(/Repeated: (the runs agree|too noisy to judge); p50 and p95 differ by/);
    const file = join(project, "baselines/hello/smoke.json");
    expect(JSON.parse(await readFile(file, "utf8")).measures["p95 (s)"]).toHaveLength(2);
    const second = await load(["--repeat", "2"], project);
    expect(second.stdout).toMatch(/Baseline:\n.*p50 .* → .*noise/);
  });
});

describe("what goes wrong is told, and nothing is left running", () => {
  test("a profile that does not exist, with the near match", async () => {
    const { exitCode, stderr } = await labs.fairlead(["load", "smoek"], { cwd: await generated() });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/no load-profile "smoek"[\s\S]*did you mean "smoke"\?/);
  });

  test("a lab that is not up", async () => {
    const { exitCode, stderr } = await labs.fairlead(["load", "smoke"], { cwd: await generated() });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/lab hello is not up[\s\S]*lab\/not-up/);
  });

  test("another machine, unless that is asked for", async () => {
    const { exitCode, stderr } = await labs.fairlead(["load", "smoke", "--url", "http://198.51.100.7"], {
      cwd: await generated(),
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("lab/remote");
  });

  test("a Prometheus on another machine, to which k6 would send its samples, unless that is asked for", async () => {
    const args = ["load", "smoke", "--url", url, "--prometheus", "http://198.51.100.7:9090"];
    const before = answered;
    const { exitCode, stderr } = await labs.fairlead(args, { cwd: await generated() });
    expect([exitCode, answered]).toEqual([1, before]);
    expect(stderr).toMatch(/198\.51\.100\.7 is not this machine[\s\S]*lab\/remote/);
  });

  test("nothing, where it is only printed for k6's operator: YAML that kubectl reads", async () => {
    const project = await generated();
    const args = ["load", "smoke", "--kubernetes", "prod", "--runners", "3"];
    const prometheus = ["--prometheus", "http://prometheus.monitoring:9090", "--token-secret", "load-token"];
    const { exitCode, stdout, stderr } = await labs.fairlead([...args, ...prometheus], { cwd: project });
    expect(exitCode, stderr).toBe(0);
    const objects = parseAllDocuments(stdout).map((document) => document.toJS());
    expect(objects.map(({ kind }) => kind)).toEqual([
      "ConfigMap",
      "NetworkPolicy",
      "NetworkPolicy",
      "TestRun",
    ]);
    const script = join(project, "generated/load-tests/hello/smoke/script.js");
    expect(objects[0].data["script.js"]).toBe(await readFile(script, "utf8"));
    expect(objects[3].spec).toMatchObject({ parallelism: 3 });
    expect((await labs.fairlead(args, { cwd: project })).stderr).toContain("lab/runners");
    const unknown = await labs.fairlead(["load", "smoke", "--kubernetes", "prd"], { cwd: project });
    expect([unknown.exitCode, unknown.stdout]).toEqual([2, ""]);
  });

  test("a service that the lab does not play (NX-3)", async () => {
    const { exitCode, stderr } = await labs.fairlead(["load", "learning-smoke", "--platform", "nexus"]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/loads adaptive-learning-engine, which the lab's[\s\S]*lab\/not-played/);
  });

  test.each([
    ["missing", "", /k6 is missing/],
    ["too old", "k6 v0.49.0 (go1.21)", /k6 is 0\.49\.0, accepted is/],
  ])("a k6 that is %s, before any request", async (_what, says, words) => {
    const path = says === "" ? await temporaryFolder() : await fakeTool("k6", says);
    const env = { FAIRLEAD_CACHE: await temporaryFolder(), PATH: `${path}:/usr/bin:/bin` };
    const project = await generated();
    const before = answered;
    const { exitCode, stderr } = await labs.fairlead(["load", "smoke", "--url", url], { cwd: project, env });
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(words);
    expect(answered).toBe(before);
    expect(existsSync(join(project, ".fairlead/loads"))).toBe(false);
  });

  test.skipIf(!canMount)("a disk without room for the result", async () => {
    const project = await generated();
    const small = join(project, ".fairlead/loads");
    await execa("mkdir", ["-p", small]);
    await execa("mount", [...tmpfs, small]);
    try {
      const { exitCode, stderr } = await labs.fairlead(["load", "smoke", "--url", url], { cwd: project });
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/the disk is full[\s\S]*lab\/disk-full/);
      expect(existsSync(join(project, ".fairlead/runs"))).toBe(false);
    } finally {
      await execa("umount", ["-l", small]);
    }
  });

  test("a script that does not parse, before any request", async () => {
    const project = await generated();
    await appendFile(join(project, "generated/load-tests/hello/smoke/script.js"), "\nexport {{");
    const before = answered;
    const { exitCode, stderr } = await labs.fairlead(["load", "smoke", "--url", url], { cwd: project });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/k6 cannot read[\s\S]*lab\/script-unreadable/);
    expect(answered).toBe(before);
  });

  test("a script that was never generated", async () => {
    const { exitCode, stderr } = await labs.fairlead(["load", "smoke", "--url", url], {
      cwd: await newProject(),
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("lab/script-not-generated");
  });

  test("a k6 that is killed", async () => {
    const project = await generated();
    const loading = labs.fairlead(["load", "smoke", "--url", url, "--warm-up", "0"], { cwd: project });
    process.kill(await k6Of(project), "SIGKILL");
    const { exitCode, stderr } = await loading;
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/k6 ended with 137[\s\S]*lab\/load-broken/);
  });

  test.each(["SIGINT", "SIGKILL"] as const)("a command that ends by %s takes k6 with it", async (signal) => {
    const project = await generated();
    const command = [packageFile("dist/cli/main.js"), "load", "smoke", "--url", url, "--warm-up", "0"];
    const loading = execa(process.execPath, command, { cwd: project, reject: false, stdin: "ignore" });
    const k6 = await k6Of(project);
    loading.kill(signal);
    const { exitCode } = await loading;
    if (signal === "SIGINT") expect(exitCode).toBe(130);
    await expect.poll(() => existsSync(`/proc/${k6}`), { timeout: 20_000 }).toBe(false);
  });
});

/** A new project whose files have been generated: once, and then copied. */
async function generated(): Promise<string> {
  const project = await newProject();
  if (!existsSync(generatedFiles)) {
    const { exitCode, stderr } = await labs.fairlead(["generate"], { cwd: project });
    expect(exitCode, stderr).toBe(0);
    await cp(join(project, "generated"), generatedFiles, { recursive: true });
  } else await cp(generatedFiles, join(project, "generated"), { recursive: true });
  return project;
}

/** The k6 that runs a script below a project, once there is one. */
async function k6Of(project: string): Promise<number> {
  let found: number | undefined;
  const look = async () => {
    for (const pid of await readdir("/proc")) {
      if (!/^\d+$/.test(pid)) continue;
      const [command, environment] = await Promise.all(
        ["cmdline", "environ"].map((file) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "")),
      );
      if (/^[^\0]*k6\0run\0/.test(command ?? "") && environment?.includes(project)) found = Number(pid);
    }
    return found;
  };
  await expect.poll(look, { timeout: 60_000 }).toBeDefined();
  return found ?? 0;
}

/** Whether this process may mount a file system. */
async function tryToMount(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-mount-"));
  const { exitCode } = await execa("mount", [...tmpfs, folder], { reject: false });
  if (exitCode === 0) await execa("umount", ["-l", folder]);
  await rm(folder, { recursive: true });
  return exitCode === 0;
}
