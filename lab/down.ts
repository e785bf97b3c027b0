import { rm } from "node:fs/promises";
import type { LabFolder } from "./folder.ts";
import { withLock } from "./lock.ts";
import { partsOf } from "./parts/index.ts";
import { end, isRunning } from "./processes.ts";
import { readState } from "./state.ts";

/**
 * Ends the processes that were started for a lab, and no others, each before those that it needs, and removes the lab's folder. Gives the
 * names of the parts that ran; none if there is no such lab.
 */
export async function takeDown(folder: LabFolder): Promise<string[]> {
  const state = readState(folder);
  if (!state) {
    await rm(folder.path, { recursive: true, force: true });
    return [];
  }
  return withLock(folder, async () => {
    const ended: string[] = [];
    for (const part of partsOf(state.replicas).reverse()) {
      const known = state.parts[part.name]?.process;
      if (known && isRunning(known)) {
        await end(known);
        ended.push(part.name);
      }
      await part.gone?.(folder);
    }
    await rm(folder.path, { recursive: true, force: true });
    return ended.reverse();
  });
}
