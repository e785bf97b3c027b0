import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Problem, ProblemsError } from "../../problems/problem.ts";
import { type ChangeSet, readChangeSet } from "./change-set.ts";
import { type CheckResult, runChecks } from "./checks.ts";
import { descriptionOf } from "./descriptions.ts";
import { type Entry, heldBy, isOver, Journal, type JournalState, me, newId } from "./journal.ts";
import { type Fetched, fetchAll, type Prepared, prepareChanges, prepareReverts } from "./prepare.ts";
import { carryOn, carryOut, type Outcome, type Transaction } from "./transaction.ts";

/** Where a change set is worked on. */
export interface Workplace {
  /** The folder that `file` is looked for from. */
  root: string;
  file: string;
  /** Folder for what checks say. */
  logs: string;
  /** Ends the work where nothing has been pushed yet; from the first push on, it is brought to its end. */
  signal?: AbortSignal;
  say(line: string): void;
}

/** A set that was prepared and checked. */
export interface Checked {
  set: ChangeSet;
  repositories: { entry: Entry; check: CheckResult; description: string }[];
  /** What did not pass. */
  problems: Problem[];
}

/** Prepares a change set and checks it: each change must apply to its target, and its check must pass. Nothing is pushed. */
export async function checkChangeSet(place: Workplace): Promise<Checked> {
  return withMirrors(place, { changes: true }, async ({ set, all, folder }) => {
    return (await prepared({ set, all, folder, place })).checked;
  });
}

/**
 * Commits a change set: all of it, or nothing. Throws a ProblemsError where it did not begin; `change-set/held` where another attempt has not
 * ended.
 */
export async function commitChangeSet(place: Workplace): Promise<{ checked: Checked; outcome?: Outcome }> {
  return withMirrors(place, { changes: true }, async (work) => {
    const { set, journal } = work;
    freeOrThrow(work);
    if (journal.state?.standing) throw new ProblemsError([committedAlready(set)]);
    const { checked, entries } = await prepared({ ...work, place });
    if (checked.problems.length > 0) return { checked };
    place.signal?.throwIfAborted();
    return { checked, outcome: await carryOut(transactionOf(work, place), attempt(set, "commit", entries)) };
  });
}

/** Takes a committed change set back: commits that undo it, dependants first, on all targets or on none. Targets without it are left out. */
export async function rollBackChangeSet(place: Workplace): Promise<Outcome> {
  return withMirrors(place, { changes: false }, async (work) => {
    const { set, journal, all } = work;
    freeOrThrow(work);
    const standing = journal.state?.standing;
    if (!standing) throw new ProblemsError([notCommitted(set)]);
    sameOrThrow(set, standing.repositories);
    const reverts = await prepareReverts(set, { all, standing: standing.repositories });
    place.signal?.throwIfAborted();
    const entries = reverts.map(({ entry }) => entry).toReversed();
    return carryOut(transactionOf(work, place), { ...attempt(set, "rollback", entries), standing });
  });
}

/** Carries on what was begun and not ended: forward if every repository had its part and none refused, otherwise back. */
export async function resumeChangeSet(place: Workplace): Promise<Outcome> {
  return withMirrors(place, { changes: false }, async (work) => {
    const { state } = work.journal;
    if (!state) throw new ProblemsError([notCommitted(work.set)]);
    sameOrThrow(work.set, state.repositories);
    return carryOn(transactionOf(work, place), state);
  });
}

/** Where a change set is: what its journal says last, and of each repository where its target is now. */
export interface Status {
  set: ChangeSet;
  state?: JournalState;
  repositories: { name: string; target: string; now: string | undefined; at: "old" | "new" | "elsewhere" }[];
}

/** Asks the repositories where a change set is. Nothing is changed. */
export async function statusOfChangeSet(place: Workplace): Promise<Status> {
  return withMirrors(place, { changes: false }, async ({ set, all, journal }) => {
    const { state } = journal;
    const repositories = all.map(({ repository: { name, target }, refs }) => {
      const entry = state?.repositories.find((one) => one.name === name);
      const now = refs.get(`refs/heads/${target}`);
      return { name, target, now, at: placeOf(now, entry) };
    });
    return { set, ...(state && { state }), repositories };
  });
}

function placeOf(now: string | undefined, entry: Entry | undefined): Status["repositories"][number]["at"] {
  if (now === entry?.new) return "new";
  return now === entry?.old ? "old" : "elsewhere";
}

interface Work {
  set: ChangeSet;
  all: Fetched[];
  journal: Journal;
  /** For this run's files. */
  folder: string;
}

async function withMirrors<T>(
  { root, file, signal }: Workplace,
  { changes }: { changes: boolean },
  work: (work: Work) => Promise<T>,
): Promise<T> {
  const set = await readChangeSet(root, file);
  const folder = await mkdtemp(join(tmpdir(), "fairlead-change-set-"));
  try {
    const all = await fetchAll(set, { folder: join(folder, "mirrors"), changes, ...(signal && { signal }) });
    otherJournalOrThrow(set, all);
    const keeper = all.find(({ repository }) => repository.name === set.keeper.name);
    if (!keeper) throw new Error(`${set.keeper.name} was not fetched`);
    return await work({ set, all, folder, journal: await Journal.read(set, keeper) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function prepared({
  set,
  all,
  folder,
  place,
}: Pick<Work, "set" | "all" | "folder"> & { place: Workplace }) {
  const changes = await prepareChanges(set, all);
  const { logs, signal, say } = place;
  const results = await runChecks(set, changes, { folder: join(folder, "checkouts"), logs, signal, say });
  const repositories = changes.map(({ repository, entry }, i) => ({
    entry,
    check: results[i] ?? { name: repository.name, result: "not run" as const },
    description: descriptionOf(set, repository),
  }));
  const checked: Checked = { set, repositories, problems: checkProblems(changes, results) };
  return { checked, entries: changes.map(({ entry }) => entry) };
}

function checkProblems(changes: readonly Prepared[], results: readonly CheckResult[]): Problem[] {
  return changes.flatMap(({ repository }, i): Problem[] => {
    const result = results[i];
    if (result?.result !== "failed") return [];
    const message = `the check of ${repository.name} failed: ${result.reason}`;
    const fix = `read ${result.log}, mend the change, and push it`;
    return [
      {
        rule: "change-set/check-failed",
        severity: "error",
        message,
        location: repository.locate("check"),
        fix,
      },
    ];
  });
}

// From here on nothing ends early: what was begun in one repository is ended in all.
function transactionOf({ set, all, journal }: Work, { say }: Workplace): Transaction {
  const mirrors = new Map(all.map(({ repository, mirror }) => [repository.name, mirror.withoutSignal()]));
  return { set, mirrors, journal, say };
}

function attempt(set: ChangeSet, kind: JournalState["kind"], repositories: Entry[]): JournalState {
  return { version: 1, set: set.name, id: newId(), kind, phase: "preparing", holder: me(), repositories };
}

function freeOrThrow({ set, journal: { state } }: Work): void {
  if (state && !isOver(state)) throw new ProblemsError([heldBy(set, state)]);
}

/** A journal speaks of repositories by their names: the file that is used later must mean the same ones. */
function sameOrThrow(set: ChangeSet, entries: readonly Entry[]): void {
  const lost = entries.filter(
    ({ name, target }) => !set.repositories.some((one) => one.name === name && one.target === target),
  );
  if (lost.length === 0) return;
  const message = `the journal of ${set.name} names ${lost.map(({ name, target }) => `${name} (${target})`).join(", ")}, which the file does not`;
  const fix = "use the file as it was when the set was committed";
  throw new ProblemsError([
    { rule: "change-set/other-file", severity: "error", message, location: set.keeper.locate("remote"), fix },
  ]);
}

/** The journal is in the first repository: with another first one it would begin anew beside one that may be open. */
function otherJournalOrThrow(set: ChangeSet, all: readonly Fetched[]): void {
  const journal = `refs/fairlead/change-sets/${set.name}/journal`;
  const others = all.filter(
    ({ repository, refs }) => refs.has(journal) && repository.remote !== set.keeper.remote,
  );
  const [other] = others;
  if (!other) return;
  const message = `the journal of ${set.name} is kept in ${other.repository.name}, which is not the file's first repository`;
  const fix = `put ${other.repository.name} first, or give the set another name`;
  const location = other.repository.locate("remote");
  throw new ProblemsError([{ rule: "change-set/other-file", severity: "error", message, location, fix }]);
}

function committedAlready({ name, keeper }: ChangeSet): Problem {
  const message = `${name} is committed already`;
  const fix = "roll it back first, or give what follows it another name";
  return { rule: "change-set/committed", severity: "error", message, location: keeper.locate("remote"), fix };
}

function notCommitted({ name, keeper }: ChangeSet): Problem {
  const message = `${name} is not committed: there is nothing to take back or to carry on`;
  const fix = "see that the file is the one it was committed with: fairlead change-set status";
  return {
    rule: "change-set/not-committed",
    severity: "error",
    message,
    location: keeper.locate("remote"),
    fix,
  };
}
