import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Problem } from "../../problems/problem.ts";
import { nothingElse, runGit, wasOvertaken } from "../../programs/git.ts";
import { withoutSecrets } from "../../programs/git-credentials.ts";
import { ledgerError } from "./fault.ts";
import { Git } from "./git.ts";
import type { Added, LedgerStore, StoredTexts } from "./ledger.ts";
import { textOf } from "./text-of.ts";

/** How often a remote that changes while it is read is read again. */
const READINGS = 20;

/** Where a ledger is in Git. */
export interface GitPlace {
  /** Name of a remote of the project, or an address. */
  remote: string;
  ref: string;
  /** The project's. */
  root: string;
  env: NodeJS.ProcessEnv;
}

interface TreeEntry {
  mode: string;
  oid: string;
  path: string;
}

/**
 * A ledger on a ref of a Git remote: each record is a commit whose tree holds all records and the head, and is pushed only onto the commit that it was
 * made after (compare-and-set). Objects are kept in a bare repository below `.fairlead/`; no working tree is touched.
 */
export class GitStore implements LedgerStore {
  readonly place: string;
  readonly #at: GitPlace;
  #opened: Promise<Git> | undefined;
  /** Of the commit that was read last. */
  #tip: { commit: string | undefined; entries: TreeEntry[] } = { commit: undefined, entries: [] };
  /** Texts by their objects' names: an object never changes. */
  readonly #texts = new Map<string, string>();

  constructor(at: GitPlace) {
    this.#at = at;
    this.place = `${withoutSecrets(at.remote)} ${at.ref}`;
  }

  where(number: number): string {
    return `${this.place}:records/${nameOf(number)}`;
  }

  async read(): Promise<StoredTexts> {
    const git = await this.#git();
    const commit = await this.#fetched(git);
    // By their place: what the tree says, in the order of the names, which is that of the numbers.
    const entries = commit === undefined ? [] : await listed(git, commit);
    this.#tip = { commit, entries };
    await this.#load(git, entries);
    const texts = new Map(entries.map(({ path, oid }) => [path, this.#texts.get(oid) ?? ""]));
    const records: string[] = [];
    for (let text = texts.get(pathOf(1)); text !== undefined; text = texts.get(pathOf(records.length + 1)))
      records.push(text);
    const known = new Set(["head.json", ...records.map((_, i) => pathOf(i + 1))]);
    const head = texts.get("head.json");
    return {
      records,
      ...(head !== undefined && { head }),
      notes: entries
        .filter(({ path, mode }) => !known.has(path) || mode !== "100644")
        .map((one) => this.#foreign(one)),
    };
  }

  async append({ number, record, head }: Added): Promise<boolean> {
    const git = await this.#git();
    const { commit: before, entries } = this.#tip;
    if (entries.some(({ path }) => path === pathOf(number))) return false;
    const commit = await committed(git, { number, record, head, before, entries });
    const { ref, remote } = this.#at;
    const push = [
      "push",
      "--porcelain",
      "--no-verify",
      "--no-signed",
      `--force-with-lease=${ref}:${before ?? ""}`,
    ];
    const pushed = await git.try([...push, "--", remote, `${commit}:${ref}`]);
    if (pushed.ok) return true;
    // It may be there although nobody heard so; and where somebody else's is, ours is not.
    const now = await this.#fetched(git);
    if (now !== before) return now !== undefined && (await isWithin(git, commit, now));
    if (wasOvertaken(pushed)) return false;
    throw ledgerError({
      why: "unavailable",
      message: `record ${number} could not be written to ${this.place}: ${pushed.reason}`,
      fix: "see whether you may push that ref, then do the same again: what is there already is not done twice",
    });
  }

  async close(): Promise<void> {}

  #git(): Promise<Git> {
    this.#opened ??= openCache(this.#at);
    return this.#opened;
  }

  /** The commit that the remote's ref is at, with all that belongs to it; undefined where there is no such ref. */
  async #fetched(git: Git): Promise<string | undefined> {
    const { ref, remote } = this.#at;
    let why = "";
    for (let reading = 1; reading <= READINGS; reading++) {
      const line = (await git.run(["ls-remote", "--", remote, ref]))
        .split("\n")
        .find((one) => one.endsWith(`\t${ref}`));
      const oid = line?.split("\t")[0];
      if (oid === undefined || (await isHere(git, oid))) return oid;
      const fetch = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];
      const fetched = await git.try([...fetch, "--no-filter", "--", remote, ref]);
      why = fetched.reason;
      if (await isHere(git, oid)) {
        // What is reached from a ref is not fetched again. Where another process keeps another one, so be it.
        await git.try(["update-ref", "refs/fairlead/seen", oid]);
        return oid;
      }
    }
    throw ledgerError({
      why: "unavailable",
      message: `the ledger at ${this.place} could not be fetched: ${why || "it changed all the time"}`,
      fix: "see whether the remote can be reached, and whether you may fetch that ref",
    });
  }

  async #load(git: Git, entries: readonly TreeEntry[]): Promise<void> {
    const wanted = entries.map(({ oid }) => oid).filter((oid) => !this.#texts.has(oid));
    if (wanted.length === 0) return;
    const batch = await git.run(["cat-file", "--batch"], { input: `${wanted.join("\n")}\n` });
    let at = 0;
    for (const oid of wanted) {
      const end = batch.indexOf("\n", at);
      const size = Number(batch.slice(at, end).split(" ")[2]);
      this.#texts.set(oid, textOf(Buffer.from(batch.slice(end + 1, end + 1 + size), "latin1")));
      at = end + 1 + size + 1;
    }
  }

  #foreign({ path }: TreeEntry): Problem {
    const message = `${this.place}:${path} is no part of the ledger`;
    const fix = "it counts for nothing: find out who put it there";
    return { rule: "ledger/foreign-file", severity: "warning", message, fix };
  }
}

/** The bare repository of a place, made where there is none; it reads the project's own settings, so that its remotes and credentials count. */
async function openCache({ root, remote, ref, env }: GitPlace): Promise<Git> {
  const name = createHash("sha256").update(`${remote}\n${ref}`).digest("hex").slice(0, 16);
  const folder = join(root, ".fairlead", "ledgers", `${name}.git`);
  const asked = await runGit(["rev-parse", "--path-format=absolute", "--git-path", "config"], {
    ...{ cwd: root, env, limitSeconds: 30 },
  });
  const settings = asked.ok ? [`include.path=${asked.stdout}`, ...nothingElse] : nothingElse;
  const git = new Git(folder, { env, cwd: root, settings, remote });
  if (existsSync(folder)) return git;
  const made = `${folder}.${randomUUID()}`;
  await mkdir(join(root, ".fairlead", "ledgers"), { recursive: true });
  await new Git(made, { env, cwd: root, settings: [], remote }).run([
    "init",
    "--quiet",
    "--bare",
    "--template=",
    made,
  ]);
  await rename(made, folder).catch(() => rm(made, { recursive: true, force: true }));
  return git;
}

async function isHere(git: Git, oid: string): Promise<boolean> {
  // Not the commit alone: a fetch that was cut off is none.
  return (await git.try(["rev-list", "--objects", "--quiet", "--no-walk", oid, "--"])).ok;
}

async function isWithin(git: Git, commit: string, tip: string): Promise<boolean> {
  return (await git.try(["merge-base", "--is-ancestor", commit, tip])).ok;
}

async function listed(git: Git, commit: string): Promise<TreeEntry[]> {
  const lines = (await git.run(["ls-tree", "-r", "-z", "--full-tree", commit])).split("\0").filter(Boolean);
  return lines.flatMap((line) => {
    const [, mode, type, oid, path] = /^(\d+) (\w+) ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
    if (mode === undefined || oid === undefined || path === undefined || type !== "blob") return [];
    return [{ mode, oid, path }];
  });
}

/** Writes the objects of one more record, and gives the commit's name: the same for the same record after the same commit. */
async function committed(
  git: Git,
  {
    number,
    record,
    head,
    before,
    entries,
  }: Added & { before: string | undefined; entries: readonly TreeEntry[] },
): Promise<string> {
  const blob = async (text: string) =>
    (await git.run(["hash-object", "-w", "--stdin"], { input: bytesOf(text) })).trim();
  const tree = async (lines: readonly string[]) =>
    (await git.run(["mktree", "-z"], { input: lines.join("") })).trim();
  const kept = entries.filter(({ path }) => /^records\/\d{8}\.json$/.test(path));
  const lines = kept.map(({ mode, oid, path }) => `${mode} blob ${oid}\t${path.slice("records/".length)}\0`);
  const records = await tree([...lines, `100644 blob ${await blob(record)}\t${nameOf(number)}\0`]);
  const root = await tree([
    `100644 blob ${await blob(head)}\thead.json\0`,
    `040000 tree ${records}\trecords\0`,
  ]);
  const parents = before === undefined ? [] : ["-p", before];
  return (await git.run(["commit-tree", root, ...parents, "-m", `Record ${number}`])).trim();
}

function nameOf(number: number): string {
  return `${String(number).padStart(8, "0")}.json`;
}

function pathOf(number: number): string {
  return `records/${nameOf(number)}`;
}

function bytesOf(text: string): string {
  return Buffer.from(text).toString("latin1");
}
