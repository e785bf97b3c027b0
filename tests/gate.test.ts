// The command on a new project: a real Prometheus that holds what its rules record, and a real k6 run.
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import { approver, istanbul, k6 as k6Summary } from "../delivery/evidence/fixtures/reports.ts";
import { evaluate } from "../delivery/gate/evaluate.ts";
import { recordReader } from "../delivery/gate/read-record.ts";
import { backfilled } from "../live/fixtures/backfilled.ts";
import { requireTool } from "../tools/find.ts";
import { edit, newProject } from "./project-folder.ts";
import { rootFolder } from "./structure/source-files.ts";

const AT = "2026-03-31T12:00:00Z";
const policyFile = "policies/hello/release.yaml";

const fairlead = (cwd: string, ...args: string[]) =>
  execa(process.execPath, [join(rootFolder, "dist/cli/main.js"), ...args], {
    ...{ cwd, reject: false, timeout: 120_000 },
  });
const gate = (cwd: string, ...args: string[]) =>
  fairlead(cwd, "gate", "release", "--env", "prod", "--release", "1.0", "--at", AT, ...args);

async function add(cwd: string, format: string, content: object) {
  const file = join(cwd, "report.json");
  await writeFile(file, JSON.stringify(content));
  return fairlead(
    cwd,
    "evidence",
    "add",
    format,
    file,
    "--origin",
    `${format} 1.0`,
    "--release",
    "1.0",
    "--at",
    AT,
  );
}
const smoke = (p95: number) => ({ ...k6Summary, platform: "hello", p50: 0.01, p95, p99: 0.9 });

/** A Prometheus in which these shares of errors were recorded, one for each series. */
async function recorded(...errors: string[]): Promise<string> {
  const at = Date.parse(AT) / 1000 - 30;
  const series = errors.map(
    (value, i) =>
      `slo:period_error:ratio{platform="hello",slo="availability",instance="${i}"} ${value} ${at}`,
  );
  const history = [
    "# TYPE slo:period_error:ratio gauge",
    ...series,
    "# TYPE other gauge",
    `other 1 ${at}`,
    "# EOF\n",
  ];
  const server = await backfilled(history.join("\n"), "groups: []\n");
  onTestFinished(() => server.end());
  return server.url;
}

/** A real run of the generated load test, shortened. */
async function loaded(cwd: string): Promise<string> {
  const server = createServer((_request, response) => response.end("ok"));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void server.close());
  await fairlead(cwd, "generate");
  const folder = join(cwd, "generated/load-tests/hello/smoke");
  const profile = JSON.parse(await readFile(join(folder, "profile.json"), "utf8"));
  for (const scenario of Object.values<Record<string, unknown>>(profile.options.scenarios))
    Object.assign(scenario, { duration: "2s" });
  await writeFile(join(folder, "profile.json"), JSON.stringify(profile));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const variables = ["-e", `BASE_URL=${base}`, "-e", "SUMMARY=summary.json"];
  await execa(
    await requireTool("k6"),
    ["run", "--quiet", "--no-usage-report", "--address", "", ...variables, "script.js"],
    {
      ...{ cwd: folder, reject: false, stdin: "ignore", timeout: 120_000 },
    },
  );
  return join(folder, "summary.json");
}

test("a release passes by a live Prometheus and a real load run, and what was decided is on record", async () => {
  const folder = await newProject();
  const summary = await loaded(folder);
  await fairlead(folder, "evidence", "add", "k6", summary, "--origin", "k6", "--release", "1.0", "--at", AT);
  const url = await recorded("0.001");
  const { stdout, stderr, exitCode } = await gate(folder, "--prometheus", url, "--format", "json");
  expect(exitCode, stderr).toBe(0);
  const decision = JSON.parse(stdout);
  expect(decision).toMatchObject({
    verdict: "pass",
    gate: "hello/release",
    environment: "prod",
    release: "1.0",
  });
  expect(decision.objectives).toMatchObject([
    { name: "availability", value: 0.999, source: { origin: `Prometheus at ${url}` } },
    { name: "response-time", source: { origin: "k6" }, samples: expect.any(Number) },
  ]);

  const [name = ""] = await readdir(join(folder, ".fairlead/decisions"));
  const text = await readFile(join(folder, ".fairlead/decisions", name), "utf8");
  const record = recordReader()(name.replace(".json", ""), text);
  if ("unusable" in record) throw new Error(record.unusable);
  expect(evaluate(record.policy, record.inputs)).toMatchObject({ verdict: "pass", score: decision.score });
  await gate(folder, "--prometheus", url);
  // Asked again, the release is not compared with itself: the same inputs, the same record.
  expect(await readdir(join(folder, ".fairlead/decisions"))).toEqual([name]);
  expect(await readFile(join(folder, ".fairlead/decisions", name), "utf8")).toBe(text);
});

test("a replay of no decision at all is inconclusive: nobody must take that for agreement", async () => {
  const folder = await newProject();
  await mkdir(join(folder, "decisions"));
  const replay = () => fairlead(folder, "policy", "replay", "--records", "decisions");
  const empty = await replay();
  expect([empty.exitCode, empty.stdout]).toEqual([3, expect.stringContaining("there are no decisions")]);
  await mkdir(join(folder, "decisions/x.json"));
  const unusable = await replay();
  expect(unusable.exitCode, unusable.stderr).toBe(3);
  expect(unusable.stdout).toContain("x: it cannot be read (EISDIR)");
});

test("a run of `fairlead load` counts by its id, its result.json as well; a record that was altered does not", async () => {
  const folder = await newProject();
  await edit(folder, policyFile, "{ slo: availability }", "{ load: smoke, measure: error-rate }");
  await edit(folder, policyFile, '">=99.5%"', '"<=1%"');
  await edit(folder, policyFile, '">=99%"', '"<=2%"');
  await fairlead(folder, "generate");
  const server = createServer((_request, response) => response.end("{}"));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ran = await fairlead(folder, "load", "smoke", "--url", url, "--compress", "15", "--warm-up", "0");
  const [, id = ""] = /runs\/([0-9a-f]{64})\.json/.exec(ran.stderr) ?? [];
  const [, report = ""] = /Report: (.*)report\.html/.exec(ran.stderr) ?? [];

  const handed = await fairlead(folder, "evidence", "run", id.slice(0, 12), "--release", "1.0");
  expect(handed.exitCode, handed.stderr).toBe(0);
  const asked = [
    "gate",
    "release",
    "--env",
    "prod",
    "--release",
    "1.0",
    "--prometheus",
    "http://127.0.0.1:2",
  ];
  const { objectives } = JSON.parse((await fairlead(folder, ...asked, "--format", "json")).stdout);
  for (const { source, samples } of objectives) {
    expect(source.digest).toBe(`sha256:${id}`);
    expect(source.origin).toMatch(/^k6 .*node v/);
    expect(samples).toBeGreaterThan(5);
  }
  expect(objectives).toMatchObject([{ name: "availability", value: 0 }, { name: "response-time" }]);

  const result = ["evidence", "add", "load", join(report, "result.json"), "--origin", "fairlead load"];
  expect((await fairlead(folder, ...result, "--release", "1.1")).exitCode).toBe(0);
  const other = await fairlead(folder, ...asked.with(5, "1.1"), "--format", "json");
  expect(JSON.parse(other.stdout).objectives).toMatchObject([{ value: 0 }, { name: "response-time" }]);

  const file = join(folder, ".fairlead/runs", `${id}.json`);
  await chmod(file, 0o644);
  await writeFile(file, (await readFile(file, "utf8")).replace('"error-rate":0', '"error-rate":1'));
  for (const [which, words] of [
    [id, "its text is not what it was filed as"],
    ["0".repeat(12), "it is not there"],
    ["../runs", "8 to 64 hexadecimal digits"],
  ] as const) {
    const refused = await fairlead(folder, "evidence", "run", which, "--release", "1.2");
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain(words);
  }
});

test("what Prometheus cannot say is inconclusive, each with its reason", async () => {
  const folder = await newProject();
  await add(folder, "k6", smoke(0.1));
  const reason = async (url: string) => {
    const { stdout, exitCode } = await gate(folder, "--prometheus", url, "--format", "json");
    expect(exitCode).toBe(3);
    return JSON.parse(stdout).objectives[0].because;
  };
  expect(await reason(await recorded())).toBe("the query gives no series");
  expect(await reason(await recorded("NaN"))).toBe("NaN is no measurement");
  const two = await recorded("0.001", "0.002");
  expect(await reason(two)).toBe("the query gives 2 series, and one is needed");
  await edit(
    folder,
    policyFile,
    "{ slo: availability }",
    '{ query: "sum(up) > on () group_left up", unit: count }',
  );
  await edit(folder, policyFile, '">=99.5%"', '">=1"');
  await edit(folder, policyFile, '">=99%"', '">=0"');
  expect(await reason("http://user:secret@127.0.0.1:2")).toBe(
    "Prometheus at http://127.0.0.1:2 does not answer: ECONNREFUSED",
  );
});

test("a slow release fails, and reports show where the policy says so", async () => {
  const folder = await newProject();
  await add(folder, "k6", smoke(0.8));
  const url = await recorded("0.001");
  const github = await gate(folder, "--prometheus", url, "--format", "github");
  expect(github.exitCode).toBe(1);
  expect(github.stdout).toContain(
    `::error file=${policyFile},line=11,col=5,title=gate/failed::response-time: 0.8 seconds, and <=300ms passes`,
  );
  const junit = await gate(folder, "--prometheus", url, "--format", "junit");
  expect(junit.stdout).toContain('failures="2"');
  expect((await gate(folder, "--prometheus", url, "--format", "markdown")).stdout).toContain(
    "| `response-time` ",
  );
});

test("an override lets it pass where the gate may be overridden, by whom it may be, until it ends", async () => {
  const folder = await newProject();
  await add(folder, "k6", smoke(0.8));
  const url = await recorded("0.001");
  const override = async (until: string) => {
    const text = `by: ann\nrole: release-manager\nreason: The load test's machine was slow.\nuntil: ${until}\n`;
    await writeFile(join(folder, "override.yaml"), text);
    return gate(folder, "--prometheus", url, "--override", "override.yaml");
  };
  expect((await override("2026-04-01T00:00:00Z")).exitCode).toBe(1);
  await edit(folder, policyFile, "level: mandatory", "level: overridable");
  expect((await override("2026-04-01T00:00:00Z")).exitCode).toBe(0);
  expect((await override("2026-03-31T00:00:00Z")).exitCode).toBe(1);
  const wrong = await override("tomorrow");
  expect(wrong.exitCode).toBe(1);
  expect(wrong.stderr).toContain("override.yaml:4");
});

test("relative criteria compare with the releases that were let through before", async () => {
  const folder = await newProject();
  await edit(folder, policyFile, '[["<=300ms"]]', '[["<=300ms", "<=+10%"]]');
  await edit(
    folder,
    policyFile,
    "total:",
    'bootstrap: { until: "2026-03-31", reason: First release. }\ntotal:',
  );
  const url = await recorded("0.001");
  const release = async (name: string, p95: number, at: string) => {
    const summary = join(folder, "report.json");
    await writeFile(summary, JSON.stringify(smoke(p95)));
    const about = ["--release", name, "--at", at];
    await fairlead(folder, "evidence", "add", "k6", summary, "--origin", "k6", ...about);
    const { stdout } = await fairlead(
      ...[folder, "gate", "release", "--env", "prod", "--prometheus", url, "--format", "json"],
      ...about,
    );
    return JSON.parse(stdout);
  };
  expect(await release("1.0", 0.1, "2026-03-31T11:59:30Z")).toMatchObject({ verdict: "pass" });
  const slower = await release("1.1", 0.12, "2026-03-31T12:00:00Z");
  expect(slower).toMatchObject({ verdict: "warn", objectives: [{}, { compared: { value: 0.1 } }] });
});

test("a release that lacks only approvals waits for them", async () => {
  const folder = await newProject();
  const objective =
    '  - name: approved\n    indicator: { evidence: approvals, measure: approvers }\n    pass: [[">=2"]]\n    key: true\ntotal:';
  await edit(folder, policyFile, "total:", objective);
  await add(folder, "k6", smoke(0.1));
  const url = await recorded("0.001");
  expect((await gate(folder, "--prometheus", url)).exitCode).toBe(6);
  const [ann, bob] = [await approver("ann"), await approver("bob")];
  await writeFile(join(folder, "approvers.json"), JSON.stringify({ keys: [ann.key, bob.key] }));
  const says = { release: "1.0", environment: "prod", until: "2026-04-01T00:00:00Z" };
  await add(folder, "approvals", { version: 1, approvals: [await ann.sign(says), await bob.sign(says)] });
  expect((await gate(folder, "--prometheus", url)).exitCode).toBe(0);
});

test("what is asked for and not there is wrong usage", async () => {
  const folder = await newProject();
  await mkdir(join(folder, "empty"));
  const unknown = await fairlead(folder, "gate", "relaese", "--env", "prod");
  expect(unknown).toMatchObject({ exitCode: 2, stdout: "" });
  expect(unknown.stderr).toContain('did you mean "release"?');
  expect((await fairlead(folder, "gate", "release", "--env", "prd")).exitCode).toBe(2);
  expect((await add(folder, "lcvo", istanbul)).stderr).toContain('did you mean "lcov"?');
  expect((await fairlead(folder, "evidence", "changes", "v0")).stderr).toContain(
    'there is no revision "v0" here',
  );
});
