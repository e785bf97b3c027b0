// The branch that an environment is deployed from: read, and committed on, without a working tree.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LockFile, lockFile, lockFilePath } from "../../../model/lock-file.ts";
import type { Location } from "../../../problems/problem.ts";
import { type GitResult, runGit, wasOvertaken } from "../../../programs/git.ts";
import { branchFault } from "./branch-fault.ts";
import { type LockedPlace, tokenIn } from "./lock-file.ts";

/** Which branch, of a remote of the project's repository. */
export interface Branch extends LockedPlace {
  /** A remote's name, or its address. */
  remote: string;
  branch: string;
  /** Where the catalog says so. */
  location?: Location | undefined;
}

/** What a branch says of an environment. */
export interface Tip {
  /** The branch's newest commit. */
  commit: string;
  /** The environment's lock file in it. */
  text: string | undefined;
  /** Token under which the file was written or removed last. */
  token: number | undefined;
}

/** A file from the project's root, and its text. */
export interface CommittedFile {
  path: string;
  content: string;
}

/** What a commit changes. */
export interface BranchChange {
  /** The environment's lock file; absent where it is to go. */
  text: string | undefined;
  /** A folder that is to hold these files and no others, from the project's root. */
  folder?: { path: string; files: readonly CommittedFile[] } | undefined;
  message: string;
}

/** Seconds that one command of Git may take. */
const LIMIT_SECONDS = 60;
/** How often another reader of this project may be at the same ref. */
const READINGS = 5;
/** In a commit's message: under which token it was made, also where it removes the file. */
export const TRAILER = "Fairlead-Token";

/** The branch as it is now, asked of its remote. Throws a ProblemsError that says why it cannot be read. */
export async function tipOf(branch: Branch): Promise<Tip> {
  const file = lockFilePath(branch.platform, branch.environment);
  const commit = await fetched(branch);
  const text = await textAt(branch, { commit, file });
  const format = `--format=%(trailers:key=${TRAILER},valueonly)`;
  const said = await git(branch, ["log", "-1", format, commit, "--", file]);
  const tokens = [Number(said), text === undefined ? 0 : (tokenIn(text) ?? 0)].filter((token) => token > 0);
  return { commit, text, token: tokens.length > 0 ? Math.max(...tokens) : undefined };
}

async function fetched(branch: Branch): Promise<string> {
  const into = `refs/fairlead/deploy/${branch.platform}/${branch.environment}`;
  const options = ["--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];
  const fetch = ["fetch", ...options, "--", branch.remote, `+refs/heads/${branch.branch}:${into}`];
  let result = await run(branch, fetch);
  for (let reading = 1; reading < READINGS && /cannot lock ref/.test(result.reason); reading++)
    result = await run(branch, fetch);
  if (!result.ok) throw await branchFault(branch, { doing: "read", result });
  return git(branch, ["rev-parse", "--verify", `${into}^{commit}`]);
}

async function textAt(
  branch: Branch,
  { commit, file }: { commit: string; file: string },
): Promise<string | undefined> {
  if ((await git(branch, ["ls-tree", "--name-only", commit, "--", file])) === "") return undefined;
  return git(branch, ["cat-file", "blob", `${commit}:./${file}`], { isExact: true });
}

/** The files of a folder in the newest commit whose lock file named a release; none where it never ran from this branch. */
export async function filesWith(
  branch: Branch,
  { tip, release, folder }: { tip: Tip; release: string; folder: string },
): Promise<CommittedFile[]> {
  const file = lockFilePath(branch.platform, branch.environment);
  const log = await git(branch, ["log", "--format=%H", tip.commit, "--", file]);
  for (const commit of log.split("\n")) {
    const text = await textAt(branch, { commit, file });
    if (text === undefined || lockIn(text)?.release !== release) continue;
    const files: CommittedFile[] = [];
    for (const path of await pathsBelow(branch, { commit, folder }))
      files.push({ path, content: (await textAt(branch, { commit, file: path })) ?? "" });
    return files;
  }
  return [];
}

/** What the text of a lock file says; absent in what is none. */
export function lockIn(text: string): LockFile | undefined {
  try {
    return lockFile.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Makes a commit on top of the branch's, of its tree with a change. */
export async function commitOn(
  branch: Branch,
  { commit: parent }: Tip,
  { text, folder, message }: BranchChange,
): Promise<string> {
  const scratch = await mkdtemp(join(tmpdir(), "fairlead-index-"));
  const own = { GIT_INDEX_FILE: join(scratch, "index"), ...AUTHOR };
  const file = lockFilePath(branch.platform, branch.environment);
  const written = [
    ...(text === undefined ? [] : [{ path: file, content: text }]),
    ...(folder?.files ?? []),
  ].map(({ path, content }, i) => ({ path, content, draft: join(scratch, String(i)) }));
  try {
    const before = [
      file,
      ...(folder ? await pathsBelow(branch, { commit: parent, folder: folder.path }) : []),
    ];
    for (const { draft, content } of written) await writeFile(draft, content);
    const drafts = written.map(({ draft }) => `${draft}\n`).join("");
    // As they are, whatever .gitattributes say of line ends.
    const blobs = (
      await git(branch, ["hash-object", "-w", "--no-filters", "--stdin-paths"], { input: drafts })
    ).split("\n");
    // The project may be a folder of its repository.
    const prefix = await git(branch, ["rev-parse", "--show-prefix"]);
    const gone = before.map((path) => `0 ${"0".repeat(parent.length)}\t${prefix}${path}\0`);
    const now = written.map(({ path }, i) => `100644 ${blobs[i]}\t${prefix}${path}\0`);
    await git(branch, ["read-tree", parent], { own });
    await git(branch, ["update-index", "-z", "--index-info"], { own, input: [...gone, ...now].join("") });
    const tree = await git(branch, ["write-tree"], { own });
    return await git(branch, ["commit-tree", tree, "-p", parent], { own, input: message });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Paths of the files of a commit below a folder, both from the project's root. */
async function pathsBelow(
  branch: Branch,
  { commit, folder }: { commit: string; folder: string },
): Promise<string[]> {
  const listed = await git(branch, ["ls-tree", "-r", "-z", "--name-only", commit, "--", `${folder}/`]);
  return listed.split("\0").filter((path) => path !== "");
}

/** Pushes a commit by compare-and-set; false where somebody else pushed meanwhile. Throws a ProblemsError that says why it cannot be pushed. */
export async function pushOnto(branch: Branch, commit: string): Promise<boolean> {
  const to = `${commit}:refs/heads/${branch.branch}`;
  const result = await run(branch, ["push", "--porcelain", "--", branch.remote, to]);
  if (result.ok) return true;
  if (wasOvertaken(result)) return false;
  throw await branchFault(branch, { doing: "push", result });
}

// Who promoted is in the ledger, signed; a commit's author is a name that anybody types in.
const NAME = "Fairlead";
const MAIL = "fairlead@localhost";
const AUTHOR = {
  ...{ GIT_AUTHOR_NAME: NAME, GIT_AUTHOR_EMAIL: MAIL },
  ...{ GIT_COMMITTER_NAME: NAME, GIT_COMMITTER_EMAIL: MAIL },
};

interface GitOptions {
  own?: Record<string, string>;
  input?: string;
  isExact?: boolean;
}

async function git(branch: Branch, args: readonly string[], options: GitOptions = {}): Promise<string> {
  const result = await run(branch, args, options);
  if (result.ok) return result.stdout;
  throw await branchFault(branch, { doing: "commit", result });
}

function run(
  { root, remote }: Branch,
  args: readonly string[],
  options: GitOptions = {},
): Promise<GitResult> {
  return runGit(args, { cwd: root, limitSeconds: LIMIT_SECONDS, remotes: [remote], ...options });
}
