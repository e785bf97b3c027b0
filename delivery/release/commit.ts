import { type Problem, ProblemsError } from "../../problems/problem.ts";
import { showValue } from "../../problems/show-value.ts";
import { commitOf, runGit } from "../../programs/git.ts";

const LIMIT_SECONDS = 60;

/**
 * The whole id of the commit that a release may be made of: HEAD or one before it, in a working tree in which nothing is changed but `except` (paths from
 * `root`). Throws a ProblemsError where there is no such commit, it is not part of what is checked out, or something is not committed.
 */
export async function releasableCommit(
  root: string,
  { revision, except }: { revision: string; except: readonly string[] },
): Promise<string> {
  const git = (...args: string[]) => runGit(args, { cwd: root, limitSeconds: LIMIT_SECONDS });
  const commit = await commitOf(revision, root);
  if (commit === undefined)
    throw refused("commit", `there is no commit ${showValue(revision)} in this repository`, {
      fix: "name a commit that is here: git fetch brings what others have pushed",
    });
  const ancestor = await git("merge-base", "--is-ancestor", commit, "HEAD");
  if (!ancestor.ok)
    throw refused("commit", `commit ${commit.slice(0, 12)} is not part of what is checked out`, {
      fix: `check it out first: git switch --detach ${commit.slice(0, 12)}`,
    });
  const excluded = except.map((path) => `:(exclude,literal)${path}`);
  const status = await git("status", "--porcelain", "--untracked-files=normal", "--", ".", ...excluded);
  const [changed] = status.stdout.split("\n").filter((line) => line !== "");
  if (!status.ok || changed !== undefined) {
    const what =
      changed === undefined
        ? "Git cannot say what is changed"
        : `${showValue(changed.slice(3))} is not committed`;
    throw refused("uncommitted", `${what}: a release is made of what others can check out`, {
      fix: "commit the changes, or put them aside with git stash --include-untracked",
    });
  }
  return commit;
}

const rules = { commit: "release/commit", uncommitted: "release/uncommitted" } as const;

function refused(why: keyof typeof rules, message: string, { fix }: { fix: string }): ProblemsError {
  const problem: Problem = { rule: rules[why], severity: "error", message, fix };
  return new ProblemsError([problem]);
}
