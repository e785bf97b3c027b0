import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { link, mkdir, readdir, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Problem } from "../../problems/problem.ts";
import { ledgerError } from "./fault.ts";
import type { Added, LedgerStore, StoredTexts } from "./ledger.ts";
import { syncFolder } from "./sync-folder.ts";
import { textOf } from "./text-of.ts";

const RECORD = /^(\d{8})\.json$/;
/** Far more often than a head is replaced while another list is read. */
const HEAD_LOOKS = 20;
const UNFINISHED = /^\.[0-9a-f-]{36}$/;

/**
 * A ledger in a folder of one machine: `records/00000001.json` and so on, `heads/` with the newest head, each a file that is written whole, made
 * durable and then linked to its name, which one alone can do. No lock that a killed process could leave.
 */
export class FolderStore implements LedgerStore {
  readonly place: string;
  readonly #folder: string;

  /** `shown` is how people are told of the folder. */
  constructor(folder: string, shown: string) {
    this.#folder = folder;
    this.place = shown;
  }

  where(number: number): string {
    return `${this.place}/records/${nameOf(number)}`;
  }

  async read(): Promise<StoredTexts> {
    const [records, notes] = await this.#list("records");
    const texts = this.#texts(1, records.length);
    // A head is written after its record, and one behind is mended before the next record: it is never further than what is read after it.
    const head = await this.#newestHead({ isExpected: records.length > 0 });
    const more = this.#texts(texts.length + 1, head?.number ?? 0);
    const beyond = records.filter((number) => number > texts.length + more.length);
    return {
      records: [...texts, ...more],
      ...(head !== undefined && { head: head.text }),
      notes: [
        ...notes,
        ...beyond.map((number) => this.#foreign(`records/${nameOf(number)}`, "stands beyond a gap")),
      ],
    };
  }

  async append({ number, record, head }: Added): Promise<boolean> {
    return this.#writing(async () => {
      for (const folder of ["records", "heads"]) await this.#make(folder);
      // Both are on the disk before either counts: a disk that is full refuses both.
      const made = [await this.#write("records", record), await this.#write("heads", head)] as const;
      try {
        if (!(await linked(made[0], join(this.#folder, "records", nameOf(number))))) return false;
        await syncFolder(join(this.#folder, "records"));
        await this.#putHead(number, made[1]);
        return true;
      } finally {
        for (const path of made) await unlink(path).catch(() => undefined);
      }
    });
  }

  async mendHead(number: number, head: string): Promise<void> {
    await this.#writing(async () => {
      await this.#make("heads");
      const made = await this.#write("heads", head);
      try {
        await syncFolder(join(this.#folder, "records"));
        await this.#putHead(number, made);
      } finally {
        await unlink(made).catch(() => undefined);
      }
    });
  }

  async close(): Promise<void> {}

  /** Heads are numbered too: a writer that was held up cannot put an older one in the place of a newer. */
  async #putHead(number: number, made: string): Promise<void> {
    const folder = join(this.#folder, "heads");
    await linked(made, join(folder, nameOf(number)));
    await syncFolder(folder);
    const [heads] = await this.#list("heads");
    for (const older of heads.filter((one) => one < number))
      await unlink(join(folder, nameOf(older))).catch(() => undefined);
  }

  /** Looks again where none is found: while somebody replaces it, a folder's list may hold neither the old one nor the new one. */
  async #newestHead({ isExpected }: { isExpected: boolean }) {
    for (let look = 0; look < HEAD_LOOKS; look++) {
      const [heads] = await this.#list("heads");
      const number = heads.at(-1);
      const text = number === undefined ? undefined : this.#text("heads", number);
      if (number !== undefined && text !== undefined) return { number, text };
      if (number === undefined && !isExpected) return undefined;
    }
    return undefined;
  }

  /** The numbers that have a file, and what else is there. */
  async #list(folder: "records" | "heads"): Promise<[numbers: number[], notes: Problem[]]> {
    const names = await readdir(join(this.#folder, folder)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw this.#unavailable("read", error);
    });
    const numbers = names.flatMap((name) => RECORD.exec(name)?.[1] ?? []).map(Number);
    const notes = names
      .filter((name) => !RECORD.test(name))
      .map((name) =>
        this.#foreign(
          `${folder}/${name}`,
          UNFINISHED.test(name) ? "was never finished, and never counted" : "is no record of it",
        ),
      );
    return [numbers.sort((a, b) => a - b), notes];
  }

  /** The texts from one number to another, as long as none is missing. */
  #texts(from: number, to: number): string[] {
    const texts: string[] = [];
    for (let number = from; number <= to; number++) {
      const text = this.#text("records", number);
      if (text === undefined) break;
      texts.push(text);
    }
    return texts;
  }

  /** Undefined where it is gone. */
  #text(folder: "records" | "heads", number: number): string | undefined {
    try {
      // At once: of ten thousand small files, waiting for each costs more than reading it.
      return textOf(readFileSync(join(this.#folder, folder, nameOf(number))));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw this.#unavailable("read", error as NodeJS.ErrnoException);
    }
  }

  async #make(folder: string): Promise<void> {
    const path = join(this.#folder, folder);
    const first = await mkdir(path, { recursive: true });
    if (first !== undefined)
      for (const one of [path, this.#folder, join(this.#folder, "..")]) await syncFolder(one);
  }

  /** Writes a text under a name of its own, durably, and gives its path. */
  async #write(folder: string, text: string): Promise<string> {
    const path = join(this.#folder, folder, `.${randomUUID()}`);
    try {
      await writeFile(path, text, { flag: "wx", mode: 0o444, flush: true });
    } catch (error) {
      await unlink(path).catch(() => undefined);
      throw error;
    }
    return path;
  }

  async #writing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      throw this.#unavailable("written", error as NodeJS.ErrnoException);
    }
  }

  #foreign(name: string, what: string): Problem {
    const message = `${this.place}/${name} ${what}`;
    const fix = "it counts for nothing: find out where it comes from, then remove it";
    return { rule: "ledger/foreign-file", severity: "warning", message, fix };
  }

  #unavailable(done: "read" | "written", { code }: NodeJS.ErrnoException): Error {
    const [why, fix] = reasons[code ?? ""] ?? [
      `the file system says ${code}`,
      "see whether the folder is there and usable",
    ];
    const message = `the ledger in ${this.place} cannot be ${done}: ${why}`;
    return ledgerError({ why: "unavailable", message, fix: `${fix}; what was acknowledged before is kept` });
  }
}

const reasons: Record<string, [why: string, fix: string]> = {
  ENOSPC: ["the disk is full", "make room"],
  EDQUOT: ["the quota is used up", "make room"],
  EROFS: ["it is on a file system that is read-only", "mount it writable"],
  EACCES: ["it is not allowed", "give the folder to whoever promotes"],
  EPERM: [
    "it is not allowed, or the file system has no hard links",
    "give the folder to whoever promotes, on a file system with hard links",
  ],
  ENOTDIR: ["a file stands where its folder should be", "name another folder, or remove the file"],
};

function nameOf(number: number): string {
  return `${String(number).padStart(8, "0")}.json`;
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
