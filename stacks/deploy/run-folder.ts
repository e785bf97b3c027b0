// Folders of one run each. A run that is killed leaves its own behind, and the next one removes it.
import { appendFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { isRunning, type KnownProcess, startOf } from "../../lab/processes.ts";

/** The file in such a folder that names the processes which use it, one a line. */
const USERS = "used-by.jsonl";

interface User extends KnownProcess {
  /** Another machine, or container, may see the folder too, and not this one's processes. */
  host: string;
}

/** A folder of this run. */
export interface RunFolder {
  folder: string;
  /** Says that a process which may outlive this one uses it too: nobody removes it while that one runs. */
  usedBy(pid: number): void;
  /** Makes it a folder like any other, which stays. */
  keep(): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Makes a folder whose path begins with `prefix`, for its owner alone, after removing those of that prefix whose processes have all ended. One of which
 * that is not known, or that is somebody else's, is left alone. `before` is called with each folder that is about to be removed.
 */
export async function openRunFolder(
  prefix: string,
  before: (folder: string) => Promise<void> = async () => {},
): Promise<RunFolder> {
  const remove = async (folder: string) => {
    await before(folder);
    await rm(folder, { recursive: true, force: true });
  };
  for (const folder of await abandoned(prefix)) await remove(folder).catch(leaveToItsOwner);
  const folder = await mkdtemp(prefix);
  const usedBy = (pid: number) => {
    const startedAt = startOf(pid);
    if (startedAt === undefined) return;
    const user: User = { host: hostname(), pid, startedAt };
    appendFileSync(join(folder, USERS), `${JSON.stringify(user)}\n`, { mode: 0o600 });
  };
  usedBy(process.pid);
  return { folder, usedBy, keep: () => rm(join(folder, USERS)), remove: () => remove(folder) };
}

async function abandoned(prefix: string): Promise<string[]> {
  const names = await readdir(dirname(prefix)).catch(() => [] as string[]);
  const folders = names
    .filter((name) => name.startsWith(basename(prefix)))
    .map((name) => join(dirname(prefix), name));
  const isLeft = await Promise.all(folders.map(isAbandoned));
  return folders.filter((_, i) => isLeft[i]);
}

async function isAbandoned(folder: string): Promise<boolean> {
  const text = await readFile(join(folder, USERS), "utf8").catch(() => "");
  if (!text.endsWith("\n")) return false;
  try {
    const users = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as User);
    return users.every((user) => user.host === hostname() && !isRunning(user));
  } catch {
    return false;
  }
}

function leaveToItsOwner(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPERM" && error.code !== "EACCES") throw error;
}
