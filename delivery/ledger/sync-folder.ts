import { open } from "node:fs/promises";

/** Has what stands in a folder outlast a loss of power: names that were linked, renamed or removed there. Rejects as the file system says. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
