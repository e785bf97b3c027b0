// Workflows, ours and those of a new project: read by actionlint and by GitLab's own schema, and held to what keeps a stranger's code
// without power (issue 7, CI).
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { createProject } from "../init/index.ts";
import { developmentTool } from "./development-tool.ts";
import { newProject } from "./project-folder.ts";
import { rootFolder } from "./structure/source-files.ts";

const folder = ".github/workflows";
const actionlint = await developmentTool("actionlint");
const { schema } = createRequire(import.meta.url)("gitlab-ci-local/src/schema/schema.js");
const isGitLab = new Ajv({
  strict: false,
  allErrors: true,
  unicodeRegExp: false,
  validateFormats: false,
}).compile(schema);

/** What actionlint says of all workflows of a project. */
async function lint(project: string): Promise<string> {
  const files = (await readdir(join(project, folder))).map((file) => join(folder, file));
  // It looks for workflows that others call from a repository's root.
  if (!existsSync(join(project, ".git"))) await execa("git", ["init", "--quiet"], { cwd: project });
  const { stdout } = await execa(actionlint, ["-no-color", "-oneline", ...files], {
    cwd: project,
    reject: false,
  });
  return stdout;
}

interface Job {
  permissions?: Record<string, string>;
  uses?: string;
  steps?: { uses?: string; run?: string; with?: Record<string, unknown> }[];
}
interface Workflow {
  on: Record<string, unknown>;
  permissions?: Record<string, string>;
  jobs: Record<string, Job>;
}
async function workflowsOf(project: string): Promise<Map<string, Workflow>> {
  const names = await readdir(join(project, folder));
  const texts = await Promise.all(names.map((name) => readFile(join(project, folder, name), "utf8")));
  return new Map(names.map((name, i) => [name, parse(texts[i] ?? "")]));
}

async function gitLabProject(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "fairlead-gitlab-"));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  await createProject(made, { ci: "gitlab" });
  return made;
}

test("actionlint has nothing against our workflows, nor against those of a new project", async () => {
  expect(await lint(rootFolder)).toBe("");
  expect(await lint(await newProject())).toBe("");
});

test("actionlint sees an input that nobody knows, an expression with a mistake and a stranger's words in a script", async () => {
  const project = await newProject();
  const broken = async (file: string, from: string, to: string) => {
    const path = join(project, folder, file);
    const text = await readFile(path, "utf8");
    expect(text).toContain(from);
    await writeFile(path, text.replace(from, to));
    const said = await lint(project);
    await writeFile(path, text);
    return said;
  };
  expect(await broken("fairlead.yml", "      gate: ", "      gates: ")).toContain(
    'input "gates" is not defined',
  );
  expect(await broken("fairlead-comment.yml", "steps.find.outputs", "steps.fond.outputs")).toContain(
    '"fond"',
  );
  const title = "echo ${{ github.event.pull_request.title }}";
  expect(await broken("fairlead-consequences.yml", "set -u", title)).toContain("potentially untrusted");
  expect(await lint(project)).toBe("");
});

test("the template for GitLab fits GitLab's own schema, and is written in place of GitHub's", async () => {
  const project = await gitLabProject();
  const text = await readFile(join(project, ".gitlab-ci.yml"), "utf8");
  expect(isGitLab(parse(text)), JSON.stringify(isGitLab.errors)).toBe(true);
  expect(await readdir(project)).not.toContain(".github");
  expect(isGitLab(parse(text.replace("expose_as", "exposed_as")))).toBe(false);
  const [job] = [parse(text).consequences];
  expect(job.rules).toEqual([{ if: '$CI_PIPELINE_SOURCE == "merge_request_event"' }]);
  expect(job.artifacts).toMatchObject({ when: "always", reports: { junit: "fairlead/*.junit.xml" } });
  expect((await execa("bash", ["-n"], { input: job.script[0] })).exitCode).toBe(0);
  expect(text).not.toMatch(/TOKEN|SECRET|PASSWORD/);
});

test("a project's workflows and ours are the same where they are reused", async () => {
  const project = await newProject();
  for (const file of ["fairlead-consequences.yml", "fairlead-comment.yml"])
    expect(await readFile(join(project, folder, file), "utf8")).toBe(
      await readFile(join(rootFolder, folder, file), "utf8"),
    );
});

test("what runs a pull request's code has no secret, no credentials and no right to write; what may write runs none of it", async () => {
  for (const project of [rootFolder, await newProject()]) {
    for (const [name, { on, permissions, jobs }] of await workflowsOf(project)) {
      expect(Object.keys(on), name).not.toContain("pull_request_target");
      const text = await readFile(join(project, folder, name), "utf8");
      expect(text, name).not.toMatch(/secrets(\.|\[|: *inherit)/);
      for (const job of Object.values(jobs)) {
        const rights = Object.entries({ ...(job.permissions ?? permissions) });
        const mayWrite = rights.some(([, right]) => right !== "read");
        const uses = (job.steps ?? []).flatMap((step) => step.uses ?? []);
        expect(
          uses.filter((one) => !/^[\w/-]+@[0-9a-f]{40}$/.test(one)),
          name,
        ).toEqual([]);
        if (!mayWrite) {
          expect(
            rights.map(([what]) => what),
            name,
          ).toEqual(["contents"]);
          const out = (job.steps ?? []).filter((step) => step.uses?.startsWith("actions/checkout@"));
          for (const step of out) expect(step.with, name).toMatchObject({ "persist-credentials": false });
        } else {
          expect(
            uses.filter((one) => /checkout|cache|setup-/.test(one)),
            name,
          ).toEqual([]);
          for (const { run = "" } of job.steps ?? [])
            expect(run, name).not.toMatch(/\b(npm|npx|node)\b|eval|source /);
        }
        for (const { run = "" } of job.steps ?? []) expect(run, name).not.toContain("${{");
      }
    }
  }
});
