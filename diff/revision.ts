import { existsSync, rmSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa, type Options } from "execa";
import { ProblemsError } from "../problems/problem.ts";

const LIMIT_SECONDS = 120;

/** The commit that a revision means in the repository around `root`; nothing where there is no such revision or repository. */
export async function commitOf(revision: string, root: string): Promise<string | undefined> {
  const { exitCode, stdout } = await git(
    ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`],
    { cwd: root, reject: false },
  );
  return exitCode === 0 ? lineOf(stdout) : undefined;
}

/**
 * Writes the files of a commit, except generated ones, to a temporary folder; gives the project's folder in it. With an index of its
 * own Git writes any commit anywhere: no worktree to register and to prune, and no hook runs.
 */
export async function checkOut(commit: string, root: string) {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "fairlead-base-")));
  const removeNow = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", removeNow);
  const remove = async () => {
    await rm(folder, { recursive: true, force: true });
    process.removeListener("exit", removeNow);
  };
  try {
    const top = lineOf((await git(["rev-parse", "--show-toplevel"], { cwd: root })).stdout);
    const prefix = lineOf((await git(["rev-parse", "--show-prefix"], { cwd: root })).stdout);
    const files = join(folder, "files");
    const options = { cwd: top, env: { GIT_INDEX_FILE: join(folder, "index") } };
    const withoutHooks = ["-c", `core.hooksPath=${join(folder, "no-hooks")}`];
    await git([...withoutHooks, "read-tree", commit], options);
    const generated = `:(exclude,top,literal)${prefix}generated`;
    const input = String((await git(["ls-files", "-z", "--cached", "--", ":/", generated], options)).stdout);
    const write = ["checkout-index", "-z", "--stdin", `--prefix=${files}/`];
    await git([...withoutHooks, ...write], { ...options, input });
    const project = join(files, prefix);
    await mkdir(project, { recursive: true });
    await linkPackages(await realpath(root), { project, files });
    return { folder: project, remove };
  } catch (error) {
    await remove();
    throw notReadable(commit, error);
  }
}

/** Packages are not in Git: those that are installed now, in the project's folder or above it, serve both sides. */
async function linkPackages(root: string, { project, files }: { project: string; files: string }) {
  let now = root;
  for (let then = project; then.startsWith(files); then = dirname(then)) {
    const [packages, link] = [join(now, "node_modules"), join(then, "node_modules")];
    if (existsSync(packages) && !existsSync(link)) await symlink(packages, link, "junction");
    now = dirname(now);
  }
}

function notReadable(commit: string, error: unknown): unknown {
  if (!(error instanceof Error && "stderr" in error)) return error;
  const reason = String(error.stderr).trim().split("\n")[0] || error.message;
  const message = `Git could not give the files of ${commit}: ${reason}`;
  const fix = "see that the revision is there in full: a shallow clone lacks older ones";
  return new ProblemsError([{ rule: "diff/unreadable-base", severity: "error", message, fix }]);
}

function git(args: string[], options: Options) {
  return execa("git", args, { timeout: LIMIT_SECONDS * 1000, stripFinalNewline: false, ...options });
}

function lineOf(output: unknown): string {
  return String(output).replace(/\r?\n$/, "");
}
