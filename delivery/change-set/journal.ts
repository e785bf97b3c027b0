import { randomBytes } from "node:crypto";
import { hostname, userInfo } from "node:os";
import { z } from "zod";
import { printable } from "../../problems/printable.ts";
import { type Problem, ProblemsError } from "../../problems/problem.ts";
import type { ChangeSet } from "./change-set.ts";
import type { Mirror } from "./git.ts";

const commit = z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/);
const entry = z.strictObject({
  name: z.string(),
  target: z.string(),
  old: commit,
  new: commit,
  how: z.enum(["fast-forward", "merge", "revert"]),
});
const id = z.string().regex(/^[0-9a-f]{12}$/);
const state = z.strictObject({
  version: z.literal(1),
  set: z.string(),
  id,
  kind: z.enum(["commit", "rollback"]),
  phase: z.enum(["preparing", "committing", "committed", "taking-back", "taken-back"]),
  holder: z.strictObject({ who: z.string(), pid: z.int(), since: z.string() }),
  /** In the order in which they are pushed. */
  repositories: z.array(entry),
  because: z.strictObject({ name: z.string(), reason: z.string() }).optional(),
  standing: z.strictObject({ id, repositories: z.array(entry) }).optional(),
});

/** What becomes of one target. */
export type Entry = z.infer<typeof entry>;

/**
 * What a journal says last. `preparing`: nothing is on any target yet. `committing`: everything is stored in every repository, so that it can be
 * carried on forward by anybody. `taking-back`: one refused. `committed` and `taken-back` are ends. `standing` is what is committed and not rolled back.
 */
export type JournalState = z.infer<typeof state>;

/** Where a set has its refs in each repository. */
export function refsOf(set: string): string {
  return `refs/fairlead/change-sets/${set}`;
}

/** The ref that tells in a repository how far an attempt is: the new commit while it waits, the old one once it is pushed, none before and after. */
export function stageOf({ set, id }: Pick<JournalState, "set" | "id">, name: string): string {
  return `${refsOf(set)}/${id}/${name}`;
}

/** Whether an attempt has come to its end. */
export function isOver({ phase }: Pick<JournalState, "phase">): boolean {
  return phase === "committed" || phase === "taken-back";
}

/** A name of an attempt that no other one has. */
export function newId(): string {
  return randomBytes(6).toString("hex");
}

/** Who this process is, for others to ask. */
export function me(): JournalState["holder"] {
  return { who: `${userName()}@${hostname()}`, pid: process.pid, since: new Date().toISOString() };
}

/**
 * The journal of a change set: a chain of commits on a ref of its first repository, each with the whole state. Every entry is pushed only if
 * the journal is still at the one that this process read or wrote last: of two at once one goes on.
 */
export class Journal {
  readonly #set: ChangeSet;
  readonly #mirror: Mirror;
  readonly #ref: string;
  #tip: string | undefined;
  state: JournalState | undefined;

  private constructor(set: ChangeSet, mirror: Mirror) {
    this.#set = set;
    this.#mirror = mirror;
    this.#ref = `${refsOf(set.name)}/journal`;
  }

  /** Reads the journal from the keeper's mirror, into which it was fetched. Throws a ProblemsError where it is none. */
  static async read(
    set: ChangeSet,
    { mirror, refs }: { mirror: Mirror; refs: ReadonlyMap<string, string> },
  ): Promise<Journal> {
    // Once the first entry is pushed, nothing ends early.
    const journal = new Journal(set, mirror.withoutSignal());
    journal.#tip = refs.get(journal.#ref);
    if (journal.#tip !== undefined) journal.state = await journal.#stateAt(journal.#tip);
    return journal;
  }

  /** Adds an entry. Throws a ProblemsError, `change-set/held` if somebody else has added one meanwhile. */
  async write(next: JournalState): Promise<void> {
    const blob = await this.#mirror.told(
      ["hash-object", "-w", "--stdin"],
      `${JSON.stringify(next, null, 2)}\n`,
    );
    const tree = await this.#mirror.told(["mktree"], `100644 blob ${blob.trim()}\tstate.json\n`);
    const parents = this.#tip === undefined ? [] : [this.#tip];
    const message = `Change set ${next.set}: ${next.kind} ${next.id} is ${next.phase}\n`;
    const made = await this.#mirror.commitTree(tree.trim(), { parents, message });
    const failed = await this.#mirror.push([{ ref: this.#ref, from: this.#tip, to: made }]);
    if (failed !== undefined) await this.#explain(made, failed);
    this.#tip = made;
    this.state = next;
  }

  /** Throws why an entry could not be added; returns where it was, and only the answer was lost. */
  async #explain(made: string, failed: string): Promise<void> {
    const now = await this.#mirror.remoteRefs([this.#ref]);
    const tip = typeof now === "string" ? undefined : now.get(this.#ref);
    if (tip === made) return;
    const other = tip !== undefined && tip !== this.#tip && (await this.#otherAt(tip));
    throw new ProblemsError([other ? heldBy(this.#set, other) : this.#unwritable(failed)]);
  }

  async #otherAt(tip: string): Promise<JournalState | undefined> {
    const failed = await this.#mirror.fetch([`+${this.#ref}:${this.#ref}`]);
    return failed === undefined ? this.#stateAt(tip) : undefined;
  }

  async #stateAt(tip: string): Promise<JournalState> {
    const { stdout } = await this.#mirror.run(["cat-file", "blob", `${tip}:state.json`]);
    const parsed = state.safeParse(parsedJson(stdout));
    if (parsed.success && parsed.data.set === this.#set.name) return parsed.data;
    throw new ProblemsError([
      {
        ...{ rule: "change-set/journal", severity: "error", location: this.#set.keeper.locate("remote") },
        message: `the journal of ${this.#set.name} in ${this.#set.keeper.name} is none that this version can read`,
        fix: `use the version that wrote it, or see what is there: git log ${this.#ref}`,
      },
    ]);
  }

  #unwritable(reason: string): Problem {
    const { name, keeper } = this.#set;
    return {
      ...{ rule: "change-set/journal", severity: "error", location: keeper.locate("remote") },
      message: `the journal of ${name} in ${keeper.name} cannot be written: ${reason}`,
      fix: "see that you may push to it; what was begun is carried on by `fairlead change-set resume`",
    };
  }
}

/** Says that somebody else is, or was, at work on a set. */
export function heldBy({ name, keeper }: ChangeSet, { holder, kind, phase }: JournalState): Problem {
  const { who, pid, since } = holder;
  const process = `${printable(who)}, process ${pid}`;
  return {
    ...{ rule: "change-set/held", severity: "error", location: keeper.locate("remote") },
    message: `${name} is in other hands: the ${kind} of ${process}, since ${since}, is ${phase}`,
    fix: "wait for it; if that process is gone for good: fairlead change-set resume",
  };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "unknown";
  }
}
