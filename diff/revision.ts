import { existsSync, rmSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ProblemsError } from "../problems/problem.ts";
import { nothingElse, runGit } from "../programs/git.ts";

const LIMIT_SECONDS = 120;

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
    const top = await git(["rev-parse", "--show-toplevel"], { cwd: root });
    const prefix = await git(["rev-parse", "--show-prefix"], { cwd: root });
    const files = join(folder, "files");
    const own = { GIT_INDEX_FILE: join(folder, "index") };
    await git(["read-tree", commit], { cwd: top, own });
    const generated = `:(exclude,top,literal)${prefix}generated`;
    const input = await git(["ls-files", "-z", "--cached", "--", ":/", generated], { cwd: top, own });
    await git(["checkout-index", "-z", "--stdin", `--prefix=${files}/`], { cwd: top, own, input });
    const project = join(files, prefix);
    await mkdir(project, { recursive: true });
    await linkPackages(await realpath(root), { project, files });
    return { folder: project, remove };
  } catch (error) {
    await remove();
    throw error instanceof GitFailedError ? notReadable(commit, error.message) : error;
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

function notReadable(commit: string, reason: string): ProblemsError {
  const message = `Git could not give the files of ${commit}: ${reason}`;
  const fix = "see that the revision is there in full: a shallow clone lacks older ones";
  return new ProblemsError([{ rule: "diff/unreadable-base", severity: "error", message, fix }]);
}

class GitFailedError extends Error {}

async function git(
  args: readonly string[],
  run: { cwd: string; own?: Record<string, string>; input?: string },
): Promise<string> {
  const options = { limitSeconds: LIMIT_SECONDS, settings: nothingElse };
  const { ok, stdout, reason } = await runGit(args, { ...run, ...options });
  if (ok) return stdout;
  throw new GitFailedError(reason);
}
