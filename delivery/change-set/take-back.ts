import type { ChangeSet } from "./change-set.ts";
import type { Mirror, RefUpdate } from "./git.ts";
import { type Entry, type JournalState, stageOf } from "./journal.ts";
import { revertOf } from "./prepare.ts";

/** What is true of a target in the end: it never had the change, or how it came to be without it, or why it still has it. */
export type TakenBack =
  | { result: "untouched" | "rewound" | "reverted" | "without it" }
  | { result: "left"; reason: string };

// Each time somebody else has pushed in between.
const MOST_ATTEMPTS = 5;

/**
 * Takes one entry of an attempt back. First its stage is ended, without which no push of this attempt can happen any more, not even one by a process that
 * slept; where the change is on the target already, both go at once: back to the old commit if nothing was built on it and the remote lets us,
 * else by a commit that undoes it.
 */
export async function takeBack(
  entry: Entry,
  { set, state, mirror }: { set: ChangeSet; state: JournalState; mirror: Mirror },
): Promise<TakenBack> {
  const stage = stageOf(state, entry.name);
  const target = `refs/heads/${entry.target}`;
  let reason = "others push to it all the time";
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const refs = await mirror.remoteRefs([target, stage]);
    if (typeof refs === "string") return { result: "left", reason: refs };
    const [staged, tip] = [refs.get(stage), refs.get(target)];
    if (staged === undefined) return { result: "untouched" };
    const end: RefUpdate = { ref: stage, from: staged };
    if (staged === entry.new) {
      const failed = await mirror.push([end]);
      if (failed === undefined) return { result: "untouched" };
      reason = failed;
      continue;
    }
    const rewind = { ref: target, from: entry.new, to: entry.old };
    if (tip === entry.new && (await mirror.push([rewind, end])) === undefined) return { result: "rewound" };
    const undone = await undoneOn(mirror, { entry, tip, set });
    if ("reason" in undone) return { result: "left", reason: undone.reason };
    const updates = undone.commit === undefined ? [] : [{ ref: target, from: tip, to: undone.commit }];
    const failed = await mirror.push([...updates, end]);
    if (failed === undefined) return { result: undone.commit === undefined ? "without it" : "reverted" };
    reason = failed;
  }
  return { result: "left", reason };
}

/** A commit that undoes an entry on a target's tip; none where the target does not hold it. */
async function undoneOn(
  mirror: Mirror,
  { entry, tip, set }: { entry: Entry; tip: string | undefined; set: ChangeSet },
): Promise<{ commit?: string } | { reason: string }> {
  if (tip === undefined) return {};
  const failed = await mirror.fetch([`+refs/heads/${entry.target}:refs/heads/${entry.target}`]);
  if (failed !== undefined) return { reason: failed };
  return (await revertOf(mirror, { entry, tip, set })) ?? {};
}
