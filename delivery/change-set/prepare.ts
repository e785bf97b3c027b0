import { join } from "node:path";
import { type Problem, ProblemsError } from "../../problems/problem.ts";
import type { ChangeSet, Repository } from "./change-set.ts";
import { Mirror } from "./git.ts";
import { type Entry, refsOf } from "./journal.ts";

/** A repository of a set with its mirror, in which all that the set needs of it has been fetched. */
export interface Fetched {
  repository: Repository;
  mirror: Mirror;
  /** Refs of the remote: its target, and all of Fairlead's for this set. */
  refs: ReadonlyMap<string, string>;
}

/** What becomes of a target: its tip now, and what it is to be. */
export interface Prepared extends Fetched {
  entry: Entry;
}

/** Fetches the repositories of a set into mirrors in a folder, with their changes where those are wanted. Throws a ProblemsError with each that cannot be read. */
export async function fetchAll(
  set: ChangeSet,
  { folder, signal, changes }: { folder: string; signal?: AbortSignal; changes: boolean },
): Promise<Fetched[]> {
  return everyOne(
    await Promise.all(
      set.repositories.map((repository) => fetched(set, { repository, folder, signal, changes })),
    ),
  );
}

async function fetched(
  set: ChangeSet,
  about: { repository: Repository; folder: string; signal: AbortSignal | undefined; changes: boolean },
): Promise<Fetched | Problem> {
  const { repository, folder, signal } = about;
  const { name, remote, shown, target, change } = repository;
  const mirror = await Mirror.make(join(folder, `${name}.git`), { remote, scrub: set.scrub, signal });
  const isCommit = /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(change);
  const source = isCommit ? change : `refs/heads/${change}`;
  const own = `${refsOf(set.name)}/*`;
  const specs = [`refs/heads/${target}`, own].map((ref) => `+${ref}:${ref}`);
  const failed = await mirror.fetch([
    ...specs,
    ...(about.changes ? [`+${source}:refs/fairlead/change`] : []),
  ]);
  if (failed === undefined) return { repository, mirror, refs: await mirror.refs() };
  const problem = (key: string, message: string, fix: string): Problem => ({
    ...{ rule: "change-set/unreadable", severity: "error", message, location: repository.locate(key), fix },
  });
  const there = await mirror.remoteRefs(["refs/heads/*"]);
  if (typeof there === "string")
    return problem(
      "remote",
      `${name} cannot be read from ${shown}: ${there}`,
      "see that it is there, and that you may read it",
    );
  for (const [key, branch] of Object.entries({ target, ...(about.changes && !isCommit && { change }) }))
    if (!there.has(`refs/heads/${branch}`))
      return problem(key, `${name} has no branch "${branch}"`, "correct the name, or push the branch");
  return problem(
    "change",
    `${name} cannot be fetched from ${shown}: ${failed}`,
    "see that the branch or commit is there",
  );
}

/**
 * Makes, in the mirrors, what each target would become: the change itself where the target has not moved on, else a merge. Throws a
 * ProblemsError with each change that does not apply.
 */
export async function prepareChanges(set: ChangeSet, all: readonly Fetched[]): Promise<Prepared[]> {
  return everyOne(await Promise.all(all.map((one) => withChange(set, one))));
}

async function withChange(set: ChangeSet, one: Fetched): Promise<Prepared | Problem> {
  const { repository, mirror, refs } = one;
  const { name, target, change } = repository;
  const old = refs.get(`refs/heads/${target}`) ?? "";
  const wanted = (await mirror.told(["rev-parse", "--verify", "refs/fairlead/change^{commit}"])).trim();
  const entry = (fresh: string, how: Entry["how"]) => ({
    ...one,
    entry: { name, target, old, new: fresh, how },
  });
  if (await mirror.isPartOf(wanted, old))
    return {
      ...{ rule: "change-set/nothing-to-commit", severity: "error", location: repository.locate("change") },
      message: `${name}: ${target} holds ${change} already`,
      fix: "take it out of the set; if it was reverted, make its commits anew on the target (git rebase --no-ff)",
    };
  if (await mirror.isPartOf(old, wanted)) return entry(wanted, "fast-forward");
  const merged = await mergedTree(mirror, old, wanted);
  if ("reason" in merged)
    return conflict(repository, `${change} cannot be merged into ${target}: ${merged.reason}`);
  const message = `Merge ${change} into ${target} (change set ${set.name})\n\n${set.why}\n`;
  return entry(await mirror.commitTree(merged.tree, { parents: [old, wanted], message }), "merge");
}

/**
 * Makes, in the mirrors, a commit on each target that takes a set's change back. Targets that do not hold it any more are left out. Throws a
 * ProblemsError with each of which it cannot be taken.
 */
export async function prepareReverts(
  set: ChangeSet,
  { all, standing }: { all: readonly Fetched[]; standing: readonly Entry[] },
): Promise<Prepared[]> {
  const results = await Promise.all(
    all.map(async (one): Promise<Prepared | Problem | undefined> => {
      const { repository, mirror, refs } = one;
      const was = standing.find(({ name }) => name === repository.name);
      const old = refs.get(`refs/heads/${repository.target}`);
      if (!was || old === undefined) return undefined;
      const revert = await revertOf(mirror, { entry: was, tip: old, set });
      if (revert === undefined) return undefined;
      if ("reason" in revert)
        return conflict(repository, `its change cannot be taken back: ${revert.reason}`);
      return {
        ...one,
        entry: { name: was.name, target: was.target, old, new: revert.commit, how: "revert" },
      };
    }),
  );
  return everyOne(results.filter((one) => one !== undefined));
}

/** A commit on a target's tip that undoes an entry, made in the mirror; nothing where there is nothing (more) to undo; in words why it cannot be. */
export async function revertOf(
  mirror: Mirror,
  { entry, tip, set }: { entry: Entry; tip: string; set: Pick<ChangeSet, "name" | "why"> },
): Promise<{ commit: string } | { reason: string } | undefined> {
  if (!(await mirror.isPartOf(entry.new, tip))) return undefined;
  const treeOf = async (commit: string) => (await mirror.told(["rev-parse", `${commit}^{tree}`])).trim();
  // Merging the old files, as a commit after the change, undoes the change and keeps what came later.
  const undone = await mirror.commitTree(await treeOf(entry.old), {
    parents: [entry.new],
    message: "undone",
  });
  const merged = await mergedTree(mirror, tip, undone);
  if ("reason" in merged) return merged;
  if (merged.tree === (await treeOf(tip))) return undefined;
  const message = `Revert change set ${set.name}\n\nThis takes back ${entry.old}..${entry.new}: ${set.why}\n`;
  return { commit: await mirror.commitTree(merged.tree, { parents: [tip], message }) };
}

/** The files of two commits merged; why not in words. */
async function mergedTree(
  mirror: Mirror,
  one: string,
  other: string,
): Promise<{ tree: string } | { reason: string }> {
  const args = ["merge-tree", "--write-tree", "--no-messages", "--name-only", "-z", one, other];
  const { exitCode, stdout, reason } = await mirror.run(args);
  const [tree = "", ...files] = stdout.split("\0").filter((part) => part.trim() !== "");
  if (exitCode === 0) return { tree: tree.trim() };
  return { reason: exitCode === 1 ? `both changed ${[...new Set(files)].join(", ")}` : reason };
}

function conflict({ name, locate }: Repository, what: string): Problem {
  const fix = "merge the target into the change, or rebase it, push, and try again";
  return {
    rule: "change-set/conflict",
    severity: "error",
    message: `${name}: ${what}`,
    location: locate("change"),
    fix,
  };
}

function everyOne<T extends object>(results: readonly (T | Problem)[]): T[] {
  const isProblem = (one: T | Problem): one is Problem => "rule" in one;
  const problems = results.filter(isProblem);
  if (problems.length > 0) throw new ProblemsError(problems);
  return results.filter((one): one is T => !isProblem(one));
}
