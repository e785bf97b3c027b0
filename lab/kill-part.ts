import type { LabFolder } from "./folder.ts";
import { isRunning, within } from "./processes.ts";
import { readState } from "./state.ts";

/** Kills a part of a lab with all that it started, as the kernel would for want of memory. Whether it ran. */
export async function killPart(folder: LabFolder, name: string): Promise<boolean> {
  const known = readState(folder)?.parts[name]?.process;
  if (!known || !isRunning(known)) return false;
  process.kill(-known.pid, "SIGKILL");
  return within(5_000, () => !isRunning(known));
}
