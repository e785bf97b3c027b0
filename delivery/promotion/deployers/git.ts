// Deploys by a commit: Argo CD or Flux reads the branch. No working tree is touched.
import { lockFilePath } from "../../../model/lock-file.ts";
import { type Problem, ProblemsError } from "../../../problems/problem.ts";
import { shortDigest } from "../asking.ts";
import { lockFact, lockFileOf } from "../said-lock-file.ts";
import { type Deployer, NothingDoneError, type Step, type Work } from "../step.ts";
import { branchFault } from "./branch-fault.ts";
import {
  type Branch,
  type CommittedFile,
  commitOn,
  filesWith,
  lockIn,
  pushOnto,
  type Tip,
  TRAILER,
  tipOf,
} from "./deploy-branch.ts";
import { stale } from "./fenced-file.ts";
import { expectUnedited } from "./lock-file.ts";

/** Manifests of an environment, as a commit's catalog has them. */
export interface Manifests {
  /** Their folder, from the project's root: it holds nothing else. */
  folder: string;
  /** All of them, with this text as the environment's lock file, or without one. Throws a ProblemsError where that catalog cannot be rendered. */
  render(commit: string, lockFile: string | undefined): Promise<readonly CommittedFile[]>;
}

/** How often somebody else may push in between. */
const TRIES = 20;

/**
 * Commits the lock file on a branch, and with it the manifests that follow from it, and pushes by compare-and-set: who pushes on top of an older commit is
 * refused, and looks again.
 */
export function gitDeployer(branch: Branch, manifests?: Manifests): Deployer {
  return {
    steps: [commitStep(branch, manifests)],
    lockFile: async () => (await tipOf(branch)).text,
  };
}

function commitStep(branch: Branch, manifests: Manifests | undefined): Step {
  return {
    name: "lock-file",
    changes: true,
    again: () => true,
    async run(work) {
      for (let tries = 0; tries < TRIES; tries++) {
        work.signal.throwIfAborted();
        const done = await tryCommit(branch, { work, manifests });
        if (done) return done;
      }
      const reason = `somebody else pushed ${TRIES} times in between`;
      throw await branchFault(branch, { doing: "push", result: { reason } });
    },
  };
}

async function tryCommit(
  branch: Branch,
  { work, manifests }: { work: Work; manifests: Manifests | undefined },
) {
  const { platform, environment } = branch;
  const file = lockFilePath(platform, environment);
  const tip = await tipOf(branch);
  const { token } = work.held;
  if (tip.token !== undefined && tip.token > token)
    throw stale({ path: `${file} on ${branch.branch}` }, { token, other: tip.token });
  expectUnedited(work, { text: tip.text, file: `${file} on ${branch.branch}`, platform, environment });
  const text = lockFileOf(work.target, work.held);
  const files = manifests && (await rendered(branch, { tip, text, work, manifests }));
  await work.at("draft");
  const folder = manifests && files && { path: manifests.folder, files };
  const commit = await commitOn(branch, tip, { text, folder, message: messageOf(work) });
  await work.at("fenced");
  if (!(await pushOnto(branch, commit))) return undefined;
  const also = files ? ` with ${files.length} manifests` : "";
  const says = `${commit.slice(0, 12)} on ${branch.branch}${also}`;
  return { says, facts: { lock: lockFact(text), commit } };
}

interface Rendering {
  tip: Tip;
  text: string | undefined;
  work: Work;
  manifests: Manifests;
}

async function rendered(branch: Branch, rendering: Rendering): Promise<readonly CommittedFile[]> {
  const { tip, text, work, manifests } = rendering;
  try {
    return await manifests.render(tip.commit, text);
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    const problems = [unrendered(branch, tip), ...error.problems];
    const before = await ofBefore(branch, rendering);
    if (before.length > 0) {
      work.say(`${problems.map(({ message }) => message).join("; ")}: those of before are taken`);
      return before;
    }
    // A holder before may have pushed already.
    const isWritten = tip.text !== undefined && lockIn(tip.text)?.promotion === work.held.id;
    throw isWritten ? new ProblemsError(problems) : new NothingDoneError(problems);
  }
}

/** The way back waits for nobody to mend a catalog: what the branch held when the release ran there last is there still. */
async function ofBefore(branch: Branch, { tip, work, manifests: { folder } }: Rendering) {
  const release = work.target.release?.digest;
  if (!work.writesAnew || release === undefined) return [];
  return filesWith(branch, { tip, release, folder });
}

function unrendered({ branch, environment, location }: Branch, { commit }: Tip): Problem {
  return {
    rule: "promotion/no-manifests",
    severity: "error",
    message: `the manifests of ${environment} cannot be rendered from ${commit.slice(0, 12)}, the newest commit of ${branch}`,
    ...(location && { location }),
    fix: `mend on ${branch} what follows, then promote again`,
  };
}

function messageOf({ target: { release, platform, environment }, held }: Work): string {
  const what = release ? `${shortDigest(release.digest)} to` : "Nothing in";
  return `${what} ${platform} ${environment}\n\nPromotion: ${held.id}\n${TRAILER}: ${held.token}\n`;
}
