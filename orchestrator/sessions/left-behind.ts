// Which agents' processes there are on this machine, written down so that a successor finds what a killed orchestrator left.
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { allProcesses } from "../resilience/process-tree.ts";

/** The variable by which all that an agent started is known, also what has left its process group: nothing else has its value. */
export const AGENT_MARK = "ORCHESTRATOR_AGENT";

/** One process and no other: ids are given again, but not at the same time since the machine's start. */
const identity = z.object({ pid: z.int().min(1), startTicks: z.int().min(0) });
export type ProcessIdentity = z.infer<typeof identity>;

const record = z.object({
  agent: identity,
  /** The orchestrator that started it. */
  owner: identity,
  /** Of the machine's start. */
  boot: z.string(),
});

/** How long what was killed may take to be gone; after that it hangs in the kernel. */
const AFTER_KILL_MS = 5_000;

/** The records of one orchestrator's agents, in a folder that it shares with its successors on the machine. */
export interface AgentRecords {
  /** Writes an agent down; resolves when it is found there also after a kill. Its work must not begin before. */
  add(mark: string, pid: number): Promise<void>;
  /** Ends what is left of an agent, wherever it went, and forgets it. */
  remove(mark: string): Promise<void>;
}

/**
 * Opens the records of this process in a folder; first ends everything that orchestrators which are gone left: their agents by process id
 * and start time, and what those started by the mark that it inherited. What belongs to an orchestrator that lives is left alone.
 */
export async function openAgentRecords(folder: string): Promise<AgentRecords & { ended: number }> {
  await mkdir(folder, { recursive: true });
  const boot = await bootId();
  const owner = await identityOf(process.pid);
  const ended = await endLeftBehind(folder);
  const fileOf = (mark: string) => join(folder, `${mark}.json`);
  return {
    ended,
    async add(mark, pid) {
      const agent = await identityOf(pid);
      const text = JSON.stringify({ agent, owner, boot } satisfies z.infer<typeof record>);
      await writeFile(`${fileOf(mark)}.new`, text, { flush: true });
      await rename(`${fileOf(mark)}.new`, fileOf(mark));
    },
    async remove(mark) {
      await endMarked(mark);
      await rm(fileOf(mark), { force: true });
    },
  };
}

async function identityOf(pid: number): Promise<ProcessIdentity> {
  const one = (await allProcesses()).find((other) => other.pid === pid);
  // One that has ended already is nobody's any more.
  return { pid, startTicks: one?.startTicks ?? 0 };
}

async function bootId(): Promise<string> {
  return (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
}

/**
 * Ends what orchestrators that are gone left, by their records in a folder, which need not be there, and forgets it; gives how many processes
 * that were. Linux only.
 */
export async function endLeftBehind(folder: string): Promise<number> {
  if (!existsSync(folder)) return 0;
  const boot = await bootId();
  let ended = 0;
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    // Also one that its owner is just writing.
    const [, mark] = /^([0-9a-f-]{36})\.json(?:\.new)?$/.exec(name) ?? [];
    const found = mark === undefined ? undefined : await readRecord(path);
    // Half a record: its agent was given no work, and has ended with its standard input.
    if (mark !== undefined && found?.boot === boot) {
      if (await isThere(found.owner)) continue;
      if (await isThere(found.agent)) ended += kill(found.agent.pid);
      ended += await endMarked(mark);
      await gone(found.agent);
    }
    await rm(path, { force: true });
  }
  return ended;
}

async function readRecord(path: string): Promise<z.infer<typeof record> | undefined> {
  try {
    return record.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return undefined;
  }
}

async function isThere({ pid, startTicks }: ProcessIdentity): Promise<boolean> {
  return (await allProcesses()).some((one) => one.pid === pid && one.startTicks === startTicks);
}

async function gone(identity: ProcessIdentity): Promise<void> {
  for (const end = Date.now() + AFTER_KILL_MS; Date.now() < end && (await isThere(identity)); )
    await delay(20);
}

/** Kills all processes that inherited a mark, until there are none; gives how many there were. */
async function endMarked(mark: string): Promise<number> {
  const sought = `${AGENT_MARK}=${mark}`;
  let ended = 0;
  for (const end = Date.now() + AFTER_KILL_MS; Date.now() < end; await delay(20)) {
    const marked: number[] = [];
    for (const { pid } of await allProcesses()) {
      const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
      if (environment.split("\0").includes(sought)) marked.push(pid);
    }
    if (marked.length === 0) break;
    // One that was killed before and is not gone yet is killed again, which does no harm, and is not counted again.
    const killed = marked.reduce((sum, pid) => sum + kill(pid), 0);
    ended = Math.max(ended, killed);
  }
  return ended;
}

function kill(pid: number): number {
  try {
    process.kill(pid, "SIGKILL");
    return 1;
  } catch {
    return 0;
  }
}
