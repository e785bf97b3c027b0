import { mkdir, rm } from "node:fs/promises";
import { constants, setPriority } from "node:os";
import { join } from "node:path";
import type { GuardianEffects } from "./guardian.ts";
import { type ProcessUsage, processTree } from "./process-tree.ts";
import { folderBytes, type Resource } from "./resource-usage.ts";

/** A session as the guardian can touch it. */
export interface GuardedSession {
  /** The agent's process, above all others of the session. */
  root: number;
  /** The session's folder; what is in its sub-folders `cache` and `tmp` can be had again. */
  folder: string;
  /** Ends the agent as whoever started it does. */
  stopAgent: () => Promise<void>;
}

const DISPOSABLE = ["cache", "tmp"];
// As far as nothing else of the machine waits for it.
const { PRIORITY_LOW, PRIORITY_NORMAL } = constants.priority;

/** What the guardian does to real processes and files. Slower means a lower priority of the scheduler. */
export function effectsOn({ root, folder, stopAgent }: GuardedSession): GuardianEffects {
  return {
    slowDown: () => prioritise(root, PRIORITY_LOW),
    speedUp: () => prioritise(root, PRIORITY_NORMAL),
    cleanUp: async () => {
      const before = await folderBytes(folder);
      for (const name of DISPOSABLE) {
        await rm(join(folder, name), { recursive: true, force: true });
        await mkdir(join(folder, name), { recursive: true });
      }
      return Math.max(0, before - (await folderBytes(folder)));
    },
    stopProcess: (resource) => stopLargest(root, resource),
    stopAgent,
  };
}

async function prioritise(root: number, priority: number): Promise<void> {
  for (const { pid } of await processTree(root)) {
    try {
      setPriority(pid, priority);
    } catch {
      // It has ended, or a normal priority needs a right that we do not have: then it stays slow until its task ends.
    }
  }
}

// Never the agent itself: that is the next step. Of many processes the youngest is the one too many.
async function stopLargest(root: number, resource: Resource): Promise<void> {
  const used = (one: ProcessUsage) =>
    ({ memory: one.memoryBytes, cpu: one.cpuSeconds, disk: one.cpuSeconds, processes: one.pid })[resource];
  const others = (await processTree(root)).filter(({ pid }) => pid !== root);
  const [largest] = others.sort((a, b) => used(b) - used(a));
  if (!largest) return;
  try {
    process.kill(largest.pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}
