// What the scripts of CI ask Fairlead, and what they let through: by a stand-in for `npx` that writes down what it was asked (issue 7, CI).
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { runInNewContext } from "node:vm";
import { execa } from "execa";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { rootFolder } from "./structure/source-files.ts";

interface Step {
  name?: string;
  run: string;
  env?: Record<string, string>;
}
async function stepOf(workflow: string, name: string): Promise<Step> {
  const file = join(rootFolder, "init/ci/github/.github/workflows", workflow);
  const { jobs } = parse(await readFile(file, "utf8")) as { jobs: Record<string, { steps: Step[] }> };
  const found = Object.values(jobs)
    .flatMap(({ steps }) => steps)
    .find((step) => step.name === name);
  if (!found) throw new Error(`${workflow} has no step ${name}`);
  return found;
}

let temp: string;
let project: string;
beforeEach(async () => {
  temp = await mkdtemp(join(tmpdir(), "fairlead-scripts-"));
  onTestFinished(() => rm(temp, { recursive: true, force: true }));
  project = join(temp, "project");
  await mkdir(join(temp, "bin"));
  await mkdir(project);
  const npx = `#!/bin/bash\nprintf '%s|' "\${@:4}" >> "${temp}/asked"; echo >> "${temp}/asked"\n`;
  await writeFile(join(temp, "bin/npx"), npx);
  await chmod(join(temp, "bin/npx"), 0o755);
  await git("init", "--quiet", "--initial-branch=main");
});

const git = (...args: string[]) =>
  execa("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], { cwd: project });

/** Commits these files, and gives the commit. */
async function commit(files: Record<string, string>): Promise<string> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(project, name, ".."), { recursive: true });
    await writeFile(join(project, name), text);
  }
  await git("add", "--all");
  await git("commit", "--quiet", "--allow-empty", "--message=a change");
  return (await git("rev-parse", "HEAD")).stdout;
}

const ways = {
  github: async (base: string, { labels = [] }: { labels?: string[] } = {}) => ({
    run: (await stepOf("fairlead-consequences.yml", "judge")).run,
    env: {
      ...{ RUNNER_TEMP: temp, BASE: base, LABELS: JSON.stringify(labels), EVIDENCE: "" },
      ...{ GATE: "hello/release", ENVIRONMENT: "prod", RECORDS: "decisions", EXPLAINED: "why.yaml" },
    },
  }),
  gitlab: async (base: string, { labels = [] }: { labels?: string[] } = {}) => {
    const { consequences, variables } = parse(
      await readFile(join(rootFolder, "init/ci/gitlab/.gitlab-ci.yml"), "utf8"),
    );
    return {
      run: consequences.script[0] as string,
      env: {
        ...{ ...variables, EXPLAINED: "why.yaml", CI_MERGE_REQUEST_DIFF_BASE_SHA: base },
        CI_COMMIT_SHA: (await git("rev-parse", "HEAD")).stdout,
        ...(labels.length > 0 && { CI_MERGE_REQUEST_LABELS: labels.join(",") }),
      },
    };
  },
};

/** Runs a script as CI would, and gives what it asked Fairlead, a list for each time. */
async function asked({ run, env }: { run: string; env: Record<string, string> }): Promise<string[][]> {
  await rm(join(temp, "asked"), { force: true });
  const path = `${join(temp, "bin")}${delimiter}${process.env.PATH}`;
  const { exitCode, all } = await execa("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", run], {
    ...{ cwd: project, all: true, reject: false, env: { ...env, PATH: path } },
  });
  expect(exitCode, all).toBe(0);
  const lines = (await readFile(join(temp, "asked"), "utf8")).trim().split("\n");
  return lines.map((line) => line.split("|").slice(0, -1));
}
const after = (args: readonly string[], option: string) =>
  args.flatMap((arg, i) => (args[i - 1] === option ? [arg] : []));

test.each(["github", "gitlab"] as const)(
  "%s: decisions are those of the base, and a project without any is not asked to replay them",
  async (way) => {
    const young = await commit({ "a.txt": "", "decisions/.gitkeep": "" });
    const own = await commit({ "decisions/forged.json": "{}", "why.yaml": "explained: []" });
    const first = await asked(await ways[way](young));
    expect(first.map(([command, what]) => `${command} ${what}`)).not.toContain("policy replay");
    await commit({ "decisions/later.json": "{}" });
    const all = await asked(await ways[way](own));
    const replay = all.find(([, what]) => what === "replay") ?? [];
    const [records = ""] = after(replay, "--records");
    expect(await readdir(records)).toEqual([".gitkeep", "forged.json"]);
    expect(after(replay, "--explained")).toEqual(["why.yaml"]);
    const gate = all.find(([command]) => command === "gate") ?? [];
    expect(after(gate, "--records")).toEqual([records]);
  },
);

test("github: labels agree in the run that setting one of them starts, and in no other", async () => {
  const { env } = await stepOf("fairlead-consequences.yml", "judge");
  const [, expression = ""] = /^\$\{\{ (.*) \}\}$/s.exec(env?.LABELS ?? "") ?? [];
  const labels = ["bug", "agreed: release-manager"];
  // Actions' `==`, `&&` and `||` are JavaScript's here; a list's `.*.name` is not.
  const labelsAt = (action: string, label?: string) =>
    runInNewContext(expression.replace("labels.*.name", "labels"), {
      github: { event: { action, label: { name: label }, pull_request: { labels } } },
      startsWith: (text: string | undefined, start: string) => text?.startsWith(start) ?? false,
      toJSON: JSON.stringify,
    });
  expect(JSON.parse(labelsAt("labeled", "agreed: release-manager"))).toEqual(labels);
  for (const action of ["synchronize", "opened", "reopened", "unlabeled", "edited"])
    expect(labelsAt(action, "agreed: release-manager"), action).toBe("[]");
  expect(labelsAt("labeled", "bug")).toBe("[]");
});

test("github: a label names a role, and nothing else does", async () => {
  const base = await commit({ "a.txt": "" });
  const all = await asked(await ways.github(base, { labels: ["bug", "agreed: team hello", "agreed:x"] }));
  const diff = all.find(([command, what]) => command === "policy" && what === "diff") ?? [];
  expect(after(diff, "--approved-by")).toEqual(["team hello"]);
});

test("gitlab: a label agrees to the commit that it names, and to no other", async () => {
  const base = await commit({ "a.txt": "" });
  const head = await commit({ "a.txt": "changed" });
  const labels = [
    ...["bug", "agreed: release-manager", `agreed: me ${base}`, `agreed: short ${head.slice(0, 11)}`],
    ...[`agreed: team hello ${head.slice(0, 12)}`, `agreed: $(touch stolen) ${head}`],
  ];
  const all = await asked(await ways.gitlab(base, { labels }));
  const diff = all.find(([command, what]) => command === "policy" && what === "diff") ?? [];
  expect(after(diff, "--approved-by")).toEqual(["team hello", "$(touch stolen)"]);
  expect(await readdir(project)).not.toContain("stolen");
  const none = await asked(await ways.gitlab(base));
  expect(none.flatMap((args) => after(args, "--approved-by"))).toEqual([]);
});

test("github: results under another tool's name are not handed on", async () => {
  const { run } = await stepOf("fairlead-comment.yml", "gather");
  const log = (...tools: string[]) =>
    JSON.stringify({ version: "2.1.0", runs: tools.map((name) => ({ tool: { driver: { name } } })) });
  const files = {
    check: log("fairlead"),
    "policy-test": log("CodeQL"),
    "policy-diff": log("fairlead", "CodeQL"),
    "policy-replay": `${log("CodeQL")}\n${log("fairlead")}`,
    gate: log(),
  };
  await mkdir(join(temp, "fairlead"));
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(temp, "fairlead", `${name}.sarif`), text);
  }
  const env = { RUNNER_TEMP: temp, GITHUB_OUTPUT: join(temp, "output") };
  const gather = async () => execa("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", run], { env });
  await gather();
  expect(await readdir(join(temp, "sarif"))).toEqual(["check.sarif"]);
  expect(await readFile(join(temp, "output"), "utf8")).toBe("found=true\n");
  await rm(join(temp, "sarif"), { recursive: true });
  await rm(join(temp, "fairlead/check.sarif"));
  await symlink(join(temp, "output"), join(temp, "fairlead/check.sarif"));
  await gather();
  expect(await readdir(join(temp, "sarif"))).toEqual([]);
});
