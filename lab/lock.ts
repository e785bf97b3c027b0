import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ProblemsError } from "../problems/problem.ts";
import type { LabFolder } from "./folder.ts";
import { isRunning, type KnownProcess, startOf } from "./processes.ts";

/** Thrown when another command is changing the lab just now. The command line exits with 5. */
export class LabLockedError extends ProblemsError {
  override readonly name = "LabLockedError";
}

/** Does something while no other command changes the lab. A lock whose holder is gone counts for nothing. */
export async function withLock<T>(folder: LabFolder, work: () => Promise<T>): Promise<T> {
  const file = join(folder.path, "lock");
  take(file, folder.name);
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

// A link to a finished file is made by one alone, and nobody sees it half written.
function take(file: string, name: string): void {
  const mine = `${file}.${process.pid}`;
  const me: KnownProcess = { pid: process.pid, startedAt: startOf(process.pid) ?? "" };
  writeFileSync(mine, JSON.stringify(me), { mode: 0o600 });
  try {
    for (const isLast of [false, true]) {
      try {
        linkSync(mine, file);
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        const holder = holderOf(file);
        if (isLast || (holder && isRunning(holder))) throw locked(name, holder);
        rmSync(file, { force: true });
      }
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

function holderOf(file: string): KnownProcess | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as KnownProcess;
  } catch {
    return undefined;
  }
}

function locked(name: string, holder: KnownProcess | undefined): LabLockedError {
  return new LabLockedError([
    {
      rule: "lab/locked",
      severity: "error",
      message: `another command is changing lab ${name}${holder ? `: process ${holder.pid}` : ""}`,
      fix: "wait until it is done",
    },
  ]);
}
