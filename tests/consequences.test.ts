// What the workflows of a new project run on a pull request, step by step, by the scripts that stand in them (issue 7, CI).
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { commandsIn } from "./log-commands.ts";
import { edit, newProject } from "./project-folder.ts";
import { wrongInJUnit, wrongInSarif } from "./report-schemas.ts";
import { rootFolder } from "./structure/source-files.ts";

const policyFile = "policies/hello/release.yaml";
const git = (cwd: string, ...args: string[]) =>
  execa("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], { cwd });

/** A new project under Git, its packages installed as `npm ci` would, whose last commit is the base. */
async function project(): Promise<{ folder: string; base: string }> {
  const folder = await newProject();
  const cli = join(rootFolder, "dist/cli/main.js");
  await mkdir(join(folder, "node_modules/.bin"), { recursive: true });
  await symlink(cli, join(folder, "node_modules/.bin/fairlead"));
  await execa(process.execPath, [cli, "generate"], { cwd: folder });
  await git(folder, "init", "--quiet", "--initial-branch=main");
  return { folder, base: await commit(folder) };
}

async function commit(folder: string): Promise<string> {
  await git(folder, "add", "--all");
  await git(folder, "commit", "--quiet", "--message=a change");
  return (await git(folder, "rev-parse", "HEAD")).stdout;
}

/** Runs the script of a step as the runner would, with what the step's expressions would come to. */
async function step(workflow: string, name: string, run: { cwd: string; env: Record<string, string> }) {
  const text = await readFile(join(rootFolder, "init/ci/github/.github/workflows", workflow), "utf8");
  const { jobs } = parse(text) as {
    jobs: Record<string, { steps: { name?: string; run: string; env?: object }[] }>;
  };
  const found = Object.values(jobs)
    .flatMap(({ steps }) => steps)
    .find((one) => one.name === name);
  expect(Object.keys(run.env)).toEqual(expect.arrayContaining(Object.keys(found?.env ?? {})));
  return execa("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", found?.run ?? "exit 99"], {
    ...{ ...run, all: true, reject: false, timeout: 400_000 },
    env: { ...run.env, GITHUB_ACTIONS: "true" },
  });
}

async function judge(folder: string, base: string, labels: string[] = []) {
  const temp = await mkdtemp(join(tmpdir(), "fairlead-runner-"));
  onTestFinished(() => rm(temp, { recursive: true, force: true }));
  const env = {
    ...{ RUNNER_TEMP: temp, BASE: base, LABELS: JSON.stringify(labels) },
    ...{
      GATE: "hello/release",
      ENVIRONMENT: "prod",
      EVIDENCE: "",
      RECORDS: "decisions",
      EXPLAINED: "explained.yaml",
    },
  };
  const { all, exitCode } = await step("fairlead-consequences.yml", "judge", { cwd: folder, env });
  const read = (name: string) => readFile(join(temp, "fairlead", name), "utf8");
  return { temp, log: all ?? "", exitCode, read, codes: (await read("exit-codes")).trim().split("\n") };
}

/** A decision of the past: the gate stopped a release that took 2 s to answer. */
async function decided(folder: string): Promise<void> {
  const fairlead = (...args: string[]) =>
    execa(process.execPath, [join(rootFolder, "dist/cli/main.js"), ...args], { cwd: folder, reject: false });
  const summary = { platform: "hello", profile: "smoke", durationSeconds: 30, requests: 150, throughput: 5 };
  const file = join(folder, "summary.json");
  await writeFile(file, JSON.stringify({ ...summary, errorRate: 0, p50: 0.1, p95: 2, p99: 3 }));
  const at = ["--release", "1.0", "--at", "2026-03-31T12:00:00Z"];
  await fairlead("evidence", "add", "k6", file, "--origin", "k6 1.8.1", ...at);
  await rm(file);
  await fairlead("gate", "release", "--env", "prod", ...at, "--records", "decisions");
}

const policy = (warn: string) => `name: release
description: A release may go on when it is fast.
level: mandatory
objectives:
  - name: response-time
    indicator: { load: smoke, measure: p95 }
    pass: [["<=300ms"]]
    warn: [["${warn}"]]
    key: true
total: { pass: "100%", warn: "50%" }
`;
const cases = (slow: string) => `at: "2027-06-01T12:00:00Z"
readings: { response-time: 120ms }
cases:
  - name: fast
    expect: { verdict: pass }
  - name: slower than it should be
    readings: { response-time: 400ms }
    expect: { verdict: warn }
  - name: "far too slow ::error::fooled"
    readings: { response-time: ${slow} }
    expect: { verdict: fail }
`;
const casesFile = "policies/hello/release.cases.yaml";

test("a pull request that loosens a policy is told what that means, and goes on when it is agreed to and explained", async () => {
  const { folder } = await project();
  await writeFile(join(folder, policyFile), policy("<=500ms"));
  await writeFile(join(folder, casesFile), cases("3s"));
  await decided(folder);
  const base = await commit(folder);
  await writeFile(join(folder, policyFile), policy("<=5s"));
  // A catalog is a program: it may print what it likes.
  const printed = 'console.log("\\n::set-output name=a::b\\n  ::add-mask::x\\n##[error]y @ada");\n';
  await edit(folder, "catalog/platforms/hello/index.ts", "const services", `${printed}const services`);
  await execa(join(folder, "node_modules/.bin/fairlead"), ["generate"], { cwd: folder });
  const head = await commit(folder);

  const first = await judge(folder, base);
  expect(first.codes, first.log).toEqual([
    ...["generated 0", "check 0", "policy-test 1", "diff 0", "policy-diff 6", "policy-replay 1", "gate 3"],
  ]);
  expect(first.exitCode).toBe(1);
  const commands = commandsIn(first.log);
  expect([...new Set(commands.map(({ name }) => name))].sort()).toEqual(
    ["endgroup", "error", "group", "notice", "stop-commands", "warning"].filter((name) =>
      commands.some((one) => one.name === name),
    ),
  );
  const errors = commands.filter(({ name }) => name === "error").map(({ properties }) => properties);
  expect(errors).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ title: "policy/case-verdict", file: casesFile, line: "11" }),
      expect.objectContaining({ title: "policy/loosened", file: policyFile, line: "5", col: "5" }),
      expect.objectContaining({ title: "policy/unexplained-flip", file: policyFile }),
    ]),
  );
  for (const name of ["check", "policy-test", "policy-diff", "policy-replay", "gate"]) {
    const sarif = await first.read(`${name}.sarif`);
    expect(wrongInSarif(sarif), name).toEqual([]);
    expect(JSON.parse(sarif).runs[0].automationDetails.id).toBe(`fairlead/${name}/`);
    expect(await wrongInJUnit(await first.read(`${name}.junit`)), name).toEqual([]);
  }
  await comments(first.temp, head);

  await writeFile(join(folder, casesFile), cases("6s"));
  const { runs } = JSON.parse(await first.read("policy-replay.sarif"));
  const [{ logicalLocations }] = runs[0].results[0].locations;
  const record = logicalLocations[0].fullyQualifiedName;
  await writeFile(
    join(folder, "explained.yaml"),
    `explained:\n  - reason: That machine was half as large.\n    records: [${record}]\n`,
  );
  const labels = ["bug", "agreed: release-manager", "agreed: team hello"];
  const second = await judge(folder, base, labels);
  expect(second.codes, second.log).toEqual([
    ...["generated 0", "check 0", "policy-test 0", "diff 0", "policy-diff 0", "policy-replay 0", "gate 3"],
  ]);
  expect(second.exitCode).toBe(0);
}, 900_000);

/** The job that may write, on what the other left: with a `gh` that keeps what it is told. */
async function comments(temp: string, head: string): Promise<void> {
  const bin = join(temp, "bin");
  await mkdir(bin);
  const gh = `#!/bin/bash\nprintf '%s ' "$@" >> "${temp}/gh"; echo >> "${temp}/gh"\ncase "$*" in */pulls*) echo 7 ;; esac\n`;
  await writeFile(join(bin, "gh"), gh, { mode: 0o755 });
  await writeFile(join(temp, "secret"), "a secret of the runner");
  // What a stranger's artifact may be: a link to somewhere else, and codes that are none.
  await rm(join(temp, "fairlead/check.markdown"));
  await symlink(join(temp, "secret"), join(temp, "fairlead/check.markdown"));
  const env = {
    ...{
      PATH: `${bin}${delimiter}${process.env.PATH}`,
      RUNNER_TEMP: temp,
      GITHUB_OUTPUT: join(temp, "output"),
    },
    ...{ GH_TOKEN: "t", REPOSITORY: "a/b", OWNER: "ada", BRANCH: "$(touch stolen)", NUMBER: "7", HEAD: head },
  };
  for (const name of ["find", "comment", "gather"]) {
    const { exitCode, all } = await step("fairlead-comment.yml", name, { cwd: temp, env });
    expect(exitCode, all).toBe(0);
  }
  expect(await readdir(temp)).not.toContain("stolen");
  expect(await readFile(join(temp, "output"), "utf8")).toBe("number=7\nfound=true\n");
  expect((await readdir(join(temp, "sarif"))).sort()).toEqual(
    ["check", "gate", "policy-diff", "policy-replay", "policy-test"].map((name) => `${name}.sarif`),
  );
  const body = await readFile(join(temp, "comment.md"), "utf8");
  expect(body).not.toContain("a secret");
  expect(body).not.toContain("@ada");
  expect(body.slice(0, body.indexOf("<details>"))).toBe(`<!-- fairlead -->
### What this pull request means

Of commit ${head.slice(0, 12)}, as the pull request's own code tells it: read it as you read the change. Nothing in it is an approval.

| | |
| --- | --- |
| generated | ✔ |
| check | ✔ |
| policy-test | ✖ (exit code 1) |
| diff | ✔ |
| policy-diff | waits for agreement |
| policy-replay | ✖ (exit code 1) |
| gate | inconclusive |

`);
  expect(body).toContain("`response-time` gives a `warn` at `<=5s`, gave it at `<=500ms`");
  expect(body).toContain("`hello/release`: `release-manager and team hello`");
  expect(body).toMatch(/\| `fail` +\| `0` +\| `1` +\| `0` +\| `0` +\|/);
  expect(body).toContain("lets go on what stopped");
  const told = await readFile(join(temp, "gh"), "utf8");
  expect(told).toContain(
    `api --method POST repos/a/b/issues/7/comments -F body=@${temp}/comment.md --silent`,
  );
}
