import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { LabFolder } from "./folder.ts";
import { lockFile, withLock } from "./lock.ts";
import { partsOf } from "./parts/index.ts";
import { end, isRunning } from "./processes.ts";
import { readState } from "./state.ts";

/**
 * Ends the processes that were started for a lab, and no others, each before those that it needs, and removes the lab's folder. Gives the
 * names of the parts that ran; none if there is no such lab.
 */
export async function takeDown(folder: LabFolder): Promise<string[]> {
  if (!existsSync(folder.path)) return [];
  return withLock(folder, async () => {
    const ended: string[] = [];
    const state = readState(folder);
    for (const part of state ? partsOf(state.replicas).reverse() : []) {
      const known = state?.parts[part.name]?.process;
      if (known && isRunning(known)) {
        await end(known);
        ended.push(part.name);
      }
      await part.gone?.(folder);
    }
    // The lock is the last to go, and the folder with it.
    for (const name of await readdir(folder.path))
      if (name !== lockFile) await rm(join(folder.path, name), { recursive: true, force: true });
    return ended.reverse();
  });
}
