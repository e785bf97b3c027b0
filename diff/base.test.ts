import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, onTestFinished, test, vi } from "vitest";
import { edit, newProject } from "../tests/project-folder.ts";
import { rootFolder } from "../tests/structure/source-files.ts";
import { modelAt } from "./base.ts";

const CATALOG = "catalog/platforms/hello/index.ts";

const identity = {
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@b",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@b",
};
const git = async (cwd: string, ...args: string[]) =>
  (await execa("git", args, { cwd, env: identity })).stdout;

/** A new project in a repository, all of it committed. */
async function repository(folder?: string): Promise<string> {
  const project = folder ?? (await newProject());
  await git(project, "init", "--quiet", "--initial-branch=main");
  await commit(project);
  return project;
}

async function commit(folder: string): Promise<void> {
  await git(folder, "add", "--all");
  await git(folder, "commit", "--quiet", "--message=one");
}

async function objectiveAt(base: string, root: string): Promise<number | undefined> {
  return (await modelAt(base, root)).model.platforms[0]?.slos[0]?.objective;
}

test("a revision is read as it was committed; working tree, index and worktrees stay as they are", async () => {
  const folder = await repository();
  await edit(folder, CATALOG, 'objective: "99.5%"', 'objective: "99.9%"');
  await git(folder, "add", "--all");
  await edit(folder, CATALOG, 'objective: "99.9%"', 'objective: "99%"');
  const before = [await git(folder, "status", "--porcelain"), await git(folder, "worktree", "list")];
  expect(await objectiveAt("main", folder)).toBe(0.995);
  expect([await git(folder, "status", "--porcelain"), await git(folder, "worktree", "list")]).toEqual(before);
});

test("tags, abbreviated commits and HEAD~1 name revisions, in a folder below the repository's root too", async () => {
  const top = await mkdtemp(join(tmpdir(), "fairlead-mono-"));
  onTestFinished(() => rm(top, { recursive: true, force: true }));
  const folder = join(top, "platforms", "hello");
  await mkdir(join(top, "platforms"));
  await cp(await newProject(), folder, { recursive: true });
  // What several projects share lies outside all of them.
  await writeFile(join(top, "objective.ts"), 'export const objective = "99.5%" as const;\n');
  await edit(folder, CATALOG, 'objective: "99.5%"', "objective");
  await edit(folder, CATALOG, "import", 'import { objective } from "../../../../../objective.ts";\nimport');
  await repository(top);
  await git(top, "tag", "v1");
  await writeFile(join(top, "objective.ts"), 'export const objective = "98%" as const;\n');
  await commit(top);
  expect(await objectiveAt("v1", folder)).toBe(0.995);
  expect(await objectiveAt("HEAD~1", folder)).toBe(0.995);
  expect(await objectiveAt((await git(top, "rev-parse", "--short", "HEAD")).trim(), folder)).toBe(0.98);
});

test("a catalog of the past finds the packages that are installed now", async () => {
  const folder = await newProject();
  await edit(
    folder,
    CATALOG,
    "import",
    'import { z } from "zod";\nif (!z) throw new Error("no zod");\nimport',
  );
  await repository(folder);
  await symlink(join(rootFolder, "node_modules"), join(folder, "node_modules"));
  await edit(folder, CATALOG, 'objective: "99.5%"', 'objective: "99.9%"');
  expect(await objectiveAt("HEAD", folder)).toBe(0.995);
});

test("a folder can be the base, in no repository at all", async () => {
  const [before, after] = [await newProject(), await newProject()];
  await edit(before, CATALOG, 'objective: "99.5%"', 'objective: "98%"');
  expect(await objectiveAt(before, after)).toBe(0.98);
  await rename(before, join(after, "old"));
  expect(await objectiveAt("old", after)).toBe(0.98);
});

test("nothing of a base is left behind, neither beside the project nor in it", async () => {
  const folder = await repository();
  const temporary = await mkdtemp(join(tmpdir(), "fairlead-tmp-"));
  onTestFinished(() => rm(temporary, { recursive: true, force: true }));
  vi.stubEnv("TMPDIR", temporary);
  onTestFinished(() => void vi.unstubAllEnvs());
  const before = await readdir(folder);
  await modelAt("HEAD", folder);
  expect([await readdir(folder), await readdir(temporary)]).toEqual([before, []]);
});

test("before the first platform nothing was described; what is wrong at a base is shown as wrong there", async () => {
  const folder = await newProject();
  await rename(join(folder, "catalog"), join(folder, "later"));
  await repository(folder);
  await rename(join(folder, "later"), join(folder, "catalog"));
  expect((await modelAt("HEAD", folder)).model).toMatchObject({ platforms: [] });
  await edit(folder, CATALOG, 'objective: "99.5%"', 'objective: "100%"');
  await commit(folder);
  await expect(modelAt("HEAD", folder)).rejects.toThrow(/slo\/|schema\/.*at HEAD: /);
});

test.each(["no-such-branch", "--output=stolen", "main; touch stolen", "HEAD^{tree}", "", "../nowhere"])(
  "%j is no base, and does nothing else",
  async (base) => {
    const folder = await repository();
    await expect(modelAt(base, folder)).rejects.toThrow("diff/unknown-base");
    expect((await readdir(folder)).includes("stolen")).toBe(false);
  },
);

test("no hook of the repository runs", async () => {
  const folder = await repository();
  for (const hook of ["post-checkout", "post-index-change"])
    await writeFile(
      join(folder, ".git/hooks", hook),
      '#!/bin/sh\ntouch "$(git rev-parse --show-toplevel)/hooked"\n',
      {
        mode: 0o755,
      },
    );
  expect(await objectiveAt("HEAD", folder)).toBe(0.995);
  expect(existsSync(join(folder, "hooked"))).toBe(false);
});
