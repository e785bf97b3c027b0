import { mkdir, rm } from "node:fs/promises";
import { constants, setPriority } from "node:os";
import { join } from "node:path";
import type { GuardianEffects } from "./guardian.ts";
import { type ProcessUsage, processTree } from "./process-tree.ts";
import { folderBytes, type Resource } from "./resource-usage.ts";

/** A session as the guardian can touch it. */
export interface GuardedSession {
  /** The agents' processes, above all others of the session. */
  roots: () => readonly number[];
  /** The session's folder; what is in its sub-folders `cache` and `tmp` can be had again. */
  folder: string;
  /** Ends an agent, the one under the given process, as whoever started it does. */
  stopAgent: (root: number) => Promise<void>;
}

const DISPOSABLE = ["cache", "tmp"];
// As far as nothing else of the machine waits for it.
const { PRIORITY_LOW, PRIORITY_NORMAL } = constants.priority;

/** What the guardian does to real processes and files. Slower means a lower priority of the scheduler. */
export function effectsOn({ roots, folder, stopAgent }: GuardedSession): GuardianEffects {
  return {
    slowDown: () => prioritise(roots(), PRIORITY_LOW),
    speedUp: () => prioritise(roots(), PRIORITY_NORMAL),
    cleanUp: async () => {
      const before = await folderBytes(folder);
      for (const name of DISPOSABLE) {
        await rm(join(folder, name), { recursive: true, force: true });
        await mkdir(join(folder, name), { recursive: true });
      }
      return Math.max(0, before - (await folderBytes(folder)));
    },
    stopProcess: (resource) => stopLargest(roots(), resource),
    stopAgent: async (resource) => {
      const trees = await Promise.all(
        roots().map(async (root) => ({ root, uses: await usedUnder(root, resource) })),
      );
      const [largest] = trees.sort((a, b) => b.uses - a.uses);
      if (largest) await stopAgent(largest.root);
    },
  };
}

async function prioritise(roots: readonly number[], priority: number): Promise<void> {
  for (const { pid } of await processTree(roots)) {
    try {
      setPriority(pid, priority);
    } catch {
      // It has ended, or a normal priority needs a right that we do not have: then it stays slow until its task ends.
    }
  }
}

// Who wrote to the disk is not known: whoever worked most. Of many processes the youngest is the one too many.
function used(one: ProcessUsage, resource: Resource): number {
  return { memory: one.memoryBytes, cpu: one.cpuSeconds, disk: one.cpuSeconds, processes: one.pid }[resource];
}

async function usedUnder(root: number, resource: Resource): Promise<number> {
  const tree = await processTree([root]);
  if (resource === "processes") return tree.length;
  return tree.reduce((sum, one) => sum + used(one, resource), 0);
}

// Never an agent itself: that is the next step.
async function stopLargest(roots: readonly number[], resource: Resource): Promise<void> {
  const others = (await processTree(roots)).filter(({ pid }) => !roots.includes(pid));
  const [largest] = others.sort((a, b) => used(b, resource) - used(a, resource));
  if (!largest) return;
  try {
    process.kill(largest.pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}
