import { createHash, randomUUID } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ProblemsError } from "../problems/problem.ts";
import { type LabFolder, makeFolder } from "./folder.ts";
import { isRunning, type KnownProcess, startOf } from "./processes.ts";

/** File of a lab's folder that its lock is. */
export const lockFile = "lock";

/**
 * Does something while no other command changes the lab; makes its folder, and removes it again if it is empty in the end. A lock whose holder is
 * gone counts for nothing. Throws a ProblemsError of rule `lab/locked` while somebody else has it.
 */
export async function withLock<T>(folder: LabFolder, work: () => Promise<T>): Promise<T> {
  const file = join(folder.path, lockFile);
  const release = take(file, folder);
  try {
    return await work();
  } finally {
    release();
    removeIfEmpty(folder.path);
  }
}

/** Takes a lock or throws; gives what returns it. */
function take(file: string, folder: LabFolder): () => void {
  const me = { pid: process.pid, startedAt: startOf(process.pid) ?? "", id: randomUUID() };
  const text = JSON.stringify(me);
  const mine = `${file}.${me.id}`;
  try {
    while (true) {
      // Whoever took the lab down meanwhile has removed the folder.
      makeFolder(folder.path);
      if (isMade(() => writeFileSync(mine, text, { mode: 0o600 })) && isTaken({ mine, file }, folder)) break;
    }
  } finally {
    rmSync(mine, { force: true });
  }
  return () => {
    // Nobody takes it from one that runs: what is there is ours, unless somebody has put another file there.
    if (contentOf(file) === text) rmSync(file, { force: true });
  };
}

interface Candidate {
  /** Finished file with the taker's name. */
  mine: string;
  file: string;
}

// A link to a finished file is made by one alone, and nobody sees it half written.
function isTaken({ mine, file }: Candidate, folder: LabFolder): boolean {
  if (isMade(() => linkSync(mine, file))) return true;
  const found = contentOf(file);
  if (found === undefined) return false;
  const holder = holderOf(found);
  if (holder && isRunning(holder)) throw locked(folder.name, holder);
  // Of all who see the same dead holder one may replace it, and looks again first: another may have done so already. Who is to replace it is
  // itself found out by a lock, since he may die as well.
  const release = take(
    `${file}.after-${createHash("sha256").update(found).digest("hex").slice(0, 16)}`,
    folder,
  );
  try {
    if (contentOf(file) !== found) return false;
    return isMade(() => renameSync(mine, file));
  } finally {
    release();
  }
}

/** Whether it was made; not, where it is there already or its folder is not. */
function isMade(make: () => void): boolean {
  try {
    make();
    return true;
  } catch (error) {
    if (!["EEXIST", "ENOENT"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    return false;
  }
}

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST", "ENOENT"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return undefined;
  }
}

function holderOf(text: string): KnownProcess | undefined {
  try {
    return JSON.parse(text) as KnownProcess;
  } catch {
    return undefined;
  }
}

function locked(name: string, { pid }: KnownProcess): ProblemsError {
  return new ProblemsError([
    {
      rule: "lab/locked",
      severity: "error",
      message: `another command is changing lab ${name}: process ${pid}`,
      fix: "wait until it is done",
    },
  ]);
}
