import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Model } from "../model/model.ts";
import { loadProject, type ProjectOptions } from "../model/project.ts";
import { ProblemsError, UsageError } from "../problems/problem.ts";
import { commitOf } from "../programs/git.ts";
import { checkOut } from "./revision.ts";

/** What was described at a base. */
export interface Base {
  /** For a person: a revision with its commit, or a folder. */
  title: string;
  model: Model;
}

/** How the project is read there. */
type How = Pick<ProjectOptions, "lockFiles">;

/**
 * The model of the project in `root` as it was at `base`: a Git revision, or a folder with a project (what begins with "." or "/", or
 * is no revision). Where nothing was described yet, the model is empty. Throws a UsageError where there is no such base, a ProblemsError
 * where its catalog has mistakes.
 */
export async function modelAt(base: string, root: string, options: How = {}): Promise<Base> {
  const looksLikeFolder = /^(\.{1,2}$|\.{0,2}[/\\]|[a-zA-Z]:[/\\])/.test(base);
  const commit = looksLikeFolder ? undefined : await commitOf(base, root);
  if (commit === undefined)
    return { title: base, model: await read(await folderOf(base, root), base, options) };
  const { folder, remove } = await checkOut(commit, root);
  try {
    const cacheDir = join(folder, ".fairlead", "cache");
    const title = commit.startsWith(base) ? base : `${base} (${commit.slice(0, 12)})`;
    return { title, model: await read(folder, base, { ...options, cacheDir }) };
  } finally {
    await remove();
  }
}

async function folderOf(base: string, root: string): Promise<string> {
  const folder = resolve(root, base);
  const found = await stat(folder).catch(() => undefined);
  if (base !== "" && found?.isDirectory()) return folder;
  const message = `"${base}" is neither a Git revision nor a folder`;
  const fix = "name a branch, tag or commit, such as main or HEAD~1, or a folder with a project";
  throw new UsageError([{ rule: "diff/unknown-base", severity: "error", message, fix }]);
}

async function read(
  folder: string,
  base: string,
  options: Pick<ProjectOptions, "cacheDir" | "lockFiles">,
): Promise<Model> {
  try {
    return (await loadProject(folder, options)).model;
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    if (error.problems.every((p) => p.rule === "load/no-platforms"))
      return { platforms: [], requirements: [] };
    throw new ProblemsError(error.problems.map((p) => ({ ...p, message: `at ${base}: ${p.message}` })));
  }
}
