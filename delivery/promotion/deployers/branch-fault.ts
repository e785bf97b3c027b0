// Why the branch that an environment is deployed from cannot be read or pushed, by what Git says in English.

import { printable } from "../../../problems/printable.ts";
import { ProblemsError } from "../../../problems/problem.ts";
import { type GitResult, runGit } from "../../../programs/git.ts";
import { withoutSecrets } from "../../../programs/git-credentials.ts";
import type { Branch } from "./deploy-branch.ts";

/** What was wanted of a branch, and what came of it. */
export interface Failed {
  doing: "read" | "push" | "commit";
  result: Pick<GitResult, "reason">;
}

const MISSING = /couldn't find remote ref/i;
const REFUSED =
  /\[remote rejected\]|permission|denied|authentication failed|could not read (username|password)|returned error: 40[13]|not (allowed|enabled|exported)|declined|protected|prohibited|dubious ownership/i;
const UNREACHABLE =
  /not appear to be a git repository|not found|could not resolve|connection|failed to connect|unable to (access|connect)|took longer than|could not read from remote|no route|unreachable|timed out/i;

/** A ProblemsError with cause and way out: a remote that nobody configured, one that does not answer or lets nobody in, a branch that is not there. */
export async function branchFault(branch: Branch, { doing, result }: Failed): Promise<ProblemsError> {
  const { what, fix } = await explained(branch, { doing, result });
  const message = `branch ${branch.branch} of ${withoutSecrets(branch.remote)} ${what}: ${result.reason}`;
  return new ProblemsError([
    {
      rule: "promotion/git",
      severity: "error",
      message: printable(message),
      path: `promotion.environments.${branch.environment}.deploy`,
      ...(branch.location && { location: branch.location }),
      fix: printable(fix),
    },
  ]);
}

async function explained(
  branch: Branch,
  { doing, result: { reason } }: Failed,
): Promise<{ what: string; fix: string }> {
  const remote = withoutSecrets(branch.remote);
  const setting = `deploy of ${branch.environment} in definePromotion`;
  if (MISSING.test(reason))
    return {
      what: "is not there",
      fix: `make it once (git push ${remote} HEAD:refs/heads/${branch.branch}), or name another branch in ${setting}`,
    };
  if (REFUSED.test(reason)) return refusal(doing, { ...branch, remote });
  if (!UNREACHABLE.test(reason))
    return {
      what: "could not be brought up to date",
      fix: "see what Git says, mend it, then promote again: what is there already is not done twice",
    };
  if (await isNoRemote(branch))
    return {
      what: "is of no remote of this repository",
      fix: `git remote add ${remote} ADDRESS, or name another remote in ${setting}`,
    };
  return {
    what: "cannot be reached",
    fix: `see whether its server answers and the repository is still there (git ls-remote ${remote}); git remote set-url ${remote} ADDRESS where it has moved`,
  };
}

function refusal(doing: Failed["doing"], { remote, branch }: Branch): { what: string; fix: string } {
  const again = "then promote again";
  if (doing !== "push")
    return {
      what: "may not be read",
      fix: `give Git credentials that may read it (try git ls-remote ${remote}), ${again}`,
    };
  return {
    what: "may not be pushed",
    fix: `let whoever promotes push ${branch} (credentials, protected branches, hooks of the server), ${again}`,
  };
}

/** Whether what is named is neither a remote nor an address. */
async function isNoRemote({ root, remote }: Branch): Promise<boolean> {
  if (/[:/\\]/.test(remote)) return false;
  const { exitCode } = await runGit(
    ["config", "--get-regexp", `^remote\\.${remote.replace(/\W/g, "\\$&")}\\.`],
    {
      ...{ cwd: root, limitSeconds: 30 },
    },
  );
  return exitCode === 1;
}
