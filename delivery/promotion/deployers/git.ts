// Deploys by a commit: Argo CD or Flux reads the branch. No working tree is touched.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { lockFilePath } from "../../../model/lock-file.ts";
import { printable } from "../../../problems/printable.ts";
import { ProblemsError } from "../../../problems/problem.ts";
import { shortDigest } from "../asking.ts";
import { lockFact, lockFileOf } from "../said-lock-file.ts";
import type { Deployer, Step, Work } from "../step.ts";
import { stale } from "./fenced-file.ts";
import { expectUnedited, type LockedPlace, tokenIn } from "./lock-file.ts";

/** Which branch, of a remote of the project's repository. */
export interface Branch extends LockedPlace {
  /** A remote's name, or its address. */
  remote: string;
  branch: string;
}

/** Seconds that one command of Git may take. */
const LIMIT = 60;
/** How often somebody else may push in between. */
const TRIES = 20;
/** In a commit's message: under which token it was made, also where it removes the file. */
const TRAILER = "Fairlead-Token";

/** Commits the lock file on a branch and pushes it by compare-and-set: who pushes on top of an older commit is refused, and looks again. */
export function gitDeployer(branch: Branch): Deployer {
  return { steps: [commitStep(branch)], lockFile: async () => (await tipOf(branch)).text };
}

function commitStep(branch: Branch): Step {
  return {
    name: "lock-file",
    changes: true,
    again: () => true,
    async run(work) {
      for (let tries = 0; tries < TRIES; tries++) {
        work.signal.throwIfAborted();
        const done = await tryCommit(branch, work);
        if (done) return done;
      }
      throw refused(branch, `somebody else pushed ${TRIES} times in between`);
    },
  };
}

interface Tip {
  /** The branch's newest commit. */
  commit: string;
  /** The lock file in it. */
  text: string | undefined;
  /** Token under which the file was written or removed last. */
  token: number | undefined;
}

async function tryCommit(branch: Branch, work: Work) {
  const { platform, environment } = branch;
  const file = lockFilePath(platform, environment);
  const tip = await tipOf(branch);
  const { token } = work.held;
  if (tip.token !== undefined && tip.token > token)
    throw stale({ path: `${file} on ${branch.branch}` }, { token, other: tip.token });
  expectUnedited(work, { text: tip.text, file: `${file} on ${branch.branch}`, platform, environment });
  const text = lockFileOf(work.target, work.held);
  await work.at("draft");
  const commit = await commitOf(branch, { tip, text, work });
  await work.at("fenced");
  if (!(await push(branch, commit))) return undefined;
  const says = `${commit.slice(0, 12)} on ${branch.branch}`;
  return { says, facts: { lock: lockFact(text), commit } };
}

async function tipOf(branch: Branch): Promise<Tip> {
  const file = lockFilePath(branch.platform, branch.environment);
  const into = `refs/fairlead/deploy/${branch.platform}/${branch.environment}`;
  await git(branch, [
    "fetch",
    "--quiet",
    "--no-tags",
    "--",
    branch.remote,
    `+refs/heads/${branch.branch}:${into}`,
  ]);
  const commit = await git(branch, ["rev-parse", "--verify", `${into}^{commit}`]);
  const isThere = (await git(branch, ["ls-tree", "--name-only", commit, "--", file])) !== "";
  const text = isThere
    ? await git(branch, ["cat-file", "blob", `${commit}:./${file}`], { raw: true })
    : undefined;
  const format = `--format=%(trailers:key=${TRAILER},valueonly)`;
  const said = await git(branch, ["log", "-1", format, commit, "--", file]);
  const tokens = [Number(said), text === undefined ? 0 : (tokenIn(text) ?? 0)].filter((token) => token > 0);
  return { commit, text, token: tokens.length > 0 ? Math.max(...tokens) : undefined };
}

/** The commit on top of the branch's, made of its tree with another lock file. */
async function commitOf(
  branch: Branch,
  { tip, text, work }: { tip: Tip; text: string | undefined; work: Work },
): Promise<string> {
  const file = lockFilePath(branch.platform, branch.environment);
  const folder = await mkdtemp(join(tmpdir(), "fairlead-index-"));
  const env = { GIT_INDEX_FILE: join(folder, "index"), ...AUTHOR };
  // The project may be a folder of its repository.
  const path = `${await git(branch, ["rev-parse", "--show-prefix"])}${file}`;
  try {
    await git(branch, ["read-tree", tip.commit], { env });
    if (text === undefined) await git(branch, ["update-index", "--force-remove", "--", file], { env });
    else {
      const blob = await git(branch, ["hash-object", "-w", "--stdin"], { input: text });
      await git(branch, ["update-index", "--add", "--cacheinfo", `100644,${blob},${path}`], { env });
    }
    const tree = await git(branch, ["write-tree"], { env });
    const message = messageOf(work);
    return await git(branch, ["commit-tree", tree, "-p", tip.commit], { env, input: message });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

// Who promoted is in the ledger, signed; a commit's author is a name that anybody types in.
const NAME = "Fairlead";
const MAIL = "fairlead@localhost";
const AUTHOR = {
  ...{ GIT_AUTHOR_NAME: NAME, GIT_AUTHOR_EMAIL: MAIL },
  ...{ GIT_COMMITTER_NAME: NAME, GIT_COMMITTER_EMAIL: MAIL },
};

function messageOf({ target: { release, platform, environment }, held }: Work): string {
  const what = release ? `${shortDigest(release.digest)} to` : "Nothing in";
  return `${what} ${platform} ${environment}\n\nPromotion: ${held.id}\n${TRAILER}: ${held.token}\n`;
}

/** Whether it became the branch's newest; not, where somebody else pushed meanwhile. */
async function push(branch: Branch, commit: string): Promise<boolean> {
  const to = `${commit}:refs/heads/${branch.branch}`;
  const { exitCode, stdout, stderr } = await run(branch, ["push", "--porcelain", "--", branch.remote, to]);
  if (exitCode === 0) return true;
  if (
    /^!.*\[(rejected|remote rejected)\].*(fetch first|non-fast-forward|cannot lock ref|stale info|failed to update ref|incorrect old value)/m.test(
      stdout,
    )
  )
    return false;
  throw refused(branch, stderr || stdout);
}

interface GitOptions {
  env?: Record<string, string>;
  input?: string;
  /** With the line end that it ends with. */
  raw?: boolean;
}

async function git(branch: Branch, args: readonly string[], options: GitOptions = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await run(branch, args, options);
  if (exitCode === 0) return stdout;
  throw refused(branch, stderr);
}

async function run(branch: Branch, args: readonly string[], { env, input, raw }: GitOptions = {}) {
  const ended = await execa("git", args, {
    ...{ cwd: branch.root, reject: false, timeout: LIMIT * 1000, stripFinalNewline: !raw },
    ...(input === undefined ? { stdin: "ignore" as const } : { input }),
    env: { LC_ALL: "C", GIT_TERMINAL_PROMPT: "0", GIT_ASKPASS: "true", GIT_OPTIONAL_LOCKS: "0", ...env },
  });
  const { exitCode, stdout, stderr, timedOut, shortMessage } = ended;
  const said = timedOut ? `git ${args[0]} took longer than ${LIMIT} s` : stderr || shortMessage;
  return { exitCode, stdout, stderr: said ?? "" };
}

function refused({ remote, branch }: Branch, why: string): ProblemsError {
  const last = withoutSecrets(why).trim().split("\n").slice(-3).join("; ");
  return new ProblemsError([
    {
      rule: "promotion/git",
      severity: "error",
      message: printable(
        `branch ${branch} of ${withoutSecrets(remote)} could not be brought up to date: ${last}`,
      ),
      fix: "look whether the remote can be reached and lets you push, then promote again",
    },
  ]);
}

/** Without user and password of addresses. */
function withoutSecrets(text: string): string {
  return text.replace(/(\w+:\/\/)[^/\s@]*@/g, "$1");
}
