import type { ChangeSet } from "./change-set.ts";
import type { Mirror } from "./git.ts";
import { type Entry, isOver, type Journal, type JournalState, me, refsOf, stageOf } from "./journal.ts";
import { type TakenBack, takeBack } from "./take-back.ts";

/** What an attempt works on. */
export interface Transaction {
  set: ChangeSet;
  mirrors: ReadonlyMap<string, Mirror>;
  journal: Journal;
  say(line: string): void;
}

/** How an attempt ended: everything is on its target, or nothing; or, with `left`, what could not be taken back yet. */
export interface Outcome {
  kind: JournalState["kind"];
  result: "committed" | "taken back" | "left";
  /** Which repository refused, and why. */
  because?: JournalState["because"];
  repositories: ({ name: string; target: string } & ({ result: "committed" } | TakenBack))[];
}

/**
 * Brings a prepared attempt to its end. Two phases: every repository first stores its new commit under a ref of the attempt; once all have, each target and
 * that ref change together, in order. Whatever refuses, all goes back. The journal is written before each phase. Throws a ProblemsError where the
 * journal could not be written, `change-set/held` if somebody else has taken the attempt over.
 */
export async function carryOut(transaction: Transaction, first: JournalState): Promise<Outcome> {
  const { journal } = transaction;
  await journal.write(first);
  await prune(transaction, refsOf(first.set));
  const unstaged = await eachUntilRefused(transaction, { state: first, step: stage });
  if (unstaged) return goBack(transaction, { ...first, because: unstaged });
  const committing: JournalState = { ...first, phase: "committing" };
  await journal.write(committing);
  return goForward(transaction, committing);
}

/**
 * Carries on what another process began and did not end: forward if every repository had stored its part and none refused, otherwise back. From then on
 * that process, should it wake, can change nothing.
 */
export async function carryOn(transaction: Transaction, found: JournalState): Promise<Outcome> {
  if (isOver(found)) {
    await pruneOwn(transaction, found);
    const result = found.phase === "committed" ? ("committed" as const) : ("taken back" as const);
    return { ...outcomeOf(found, result), repositories: [] };
  }
  const state = { ...found, holder: me() };
  if (found.phase !== "committing") return goBack(transaction, state);
  await transaction.journal.write(state);
  return goForward(transaction, state);
}

async function goForward(transaction: Transaction, state: JournalState): Promise<Outcome> {
  const refused = await eachUntilRefused(transaction, { state, step: pushed });
  if (refused) return goBack(transaction, { ...state, because: refused });
  const { standing: _, ...rest } = state;
  const { id, kind, repositories } = state;
  const standing = kind === "commit" ? { standing: { id, repositories } } : {};
  await transaction.journal.write({ ...rest, phase: "committed", ...standing });
  await pruneOwn(transaction, state);
  const results = repositories.map(({ name, target }) => ({ name, target, result: "committed" as const }));
  return { ...outcomeOf(state, "committed"), repositories: results };
}

async function goBack(transaction: Transaction, found: JournalState): Promise<Outcome> {
  const { set, journal, mirrors, say } = transaction;
  const state: JournalState = { ...found, phase: "taking-back" };
  await journal.write(state);
  if (state.because) say(`${state.because.name} refused: ${state.because.reason}`);
  const repositories: Outcome["repositories"] = [];
  for (const entry of state.repositories.toReversed()) {
    const taken = await takeBack(entry, { set, state, mirror: mirrorOf(mirrors, entry) });
    if (taken.result !== "untouched") say(`${entry.name}: ${taken.result}`);
    repositories.unshift({ name: entry.name, target: entry.target, ...taken });
  }
  if (repositories.some(({ result }) => result === "left"))
    return { ...outcomeOf(state, "left"), repositories };
  await journal.write({ ...state, phase: "taken-back" });
  await pruneOwn(transaction, state);
  return { ...outcomeOf(state, "taken back"), repositories };
}

type Step = (
  entry: Entry,
  about: { state: JournalState; mirror: Mirror; say(line: string): void },
) => Promise<string | undefined>;

async function eachUntilRefused(
  { mirrors, say }: Transaction,
  { state, step }: { state: JournalState; step: Step },
): Promise<JournalState["because"]> {
  for (const entry of state.repositories) {
    const reason = await step(entry, { state, mirror: mirrorOf(mirrors, entry), say });
    if (reason !== undefined) return { name: entry.name, reason };
  }
  return undefined;
}

async function stage(entry: Entry, { state, mirror }: Parameters<Step>[1]): Promise<string | undefined> {
  const ref = stageOf(state, entry.name);
  const failed = await mirror.push([{ ref, to: entry.new }]);
  if (failed === undefined) return undefined;
  const now = await mirror.remoteRefs([ref]);
  return typeof now !== "string" && now.get(ref) === entry.new ? undefined : failed;
}

async function pushed(
  entry: Entry,
  { state, mirror, say }: Parameters<Step>[1],
): Promise<string | undefined> {
  const ref = stageOf(state, entry.name);
  const target = { ref: `refs/heads/${entry.target}`, from: entry.old, to: entry.new };
  const failed = await mirror.push([target, { ref, from: entry.new, to: entry.old }]);
  if (failed !== undefined) {
    // The answer was lost, or it was done before this process took over.
    const now = await mirror.remoteRefs([ref]);
    if (typeof now === "string" || now.get(ref) !== entry.old) return failed;
  }
  say(`${entry.name}: ${entry.target} is at ${entry.new.slice(0, 12)}`);
  return undefined;
}

function pruneOwn(transaction: Transaction, { set, id }: JournalState): Promise<void> {
  return prune(transaction, `${refsOf(set)}/${id}`);
}

/** Removes what attempts that are over left behind, as far as it can be done now: the next one tries again. */
async function prune({ set, mirrors }: Transaction, prefix: string): Promise<void> {
  const journal = `${refsOf(set.name)}/journal`;
  for (const mirror of mirrors.values()) {
    const refs = await mirror.remoteRefs([`${prefix}/*`]);
    const stages = typeof refs === "string" ? [] : [...refs].filter(([ref]) => ref !== journal);
    if (stages.length > 0) await mirror.push(stages.map(([ref, from]) => ({ ref, from })));
  }
}

function outcomeOf<const R extends Outcome["result"]>({ kind, because }: JournalState, result: R) {
  return { kind, result, ...(because && { because }) };
}

function mirrorOf(mirrors: Transaction["mirrors"], { name }: Entry): Mirror {
  const mirror = mirrors.get(name);
  if (!mirror) throw new Error(`${name} was not fetched`);
  return mirror;
}
