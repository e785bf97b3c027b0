import { rmSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Artifact } from "../model/model.ts";

/** A temporary folder with the artifacts in it, written when somebody first asks for it. */
export interface Workspace {
  /** Its absolute path. */
  folder(): Promise<string>;
  /** Removes it; harmless when it was never written. */
  close(): Promise<void>;
}

/** Opens a workspace; it is also removed when the process exits before anyone could close it. */
export function openWorkspace(artifacts: readonly Artifact[]): Workspace {
  let folder: string | undefined;
  let written: Promise<string> | undefined;
  const removeNow = () => folder !== undefined && rmSync(folder, { recursive: true, force: true });

  async function write(): Promise<string> {
    // The real path: tools print it, and what they print is shortened by it.
    folder = await realpath(await mkdtemp(join(tmpdir(), "fairlead-check-")));
    process.once("exit", removeNow);
    const folders = new Set(artifacts.map((a) => dirname(a.path)));
    for (const below of folders) await mkdir(join(folder, below), { recursive: true });
    for (const { path, content } of artifacts) await writeFile(join(folder, path), content);
    return folder;
  }

  return {
    folder: () => {
      written ??= write();
      return written;
    },
    close: async () => {
      await written?.catch(() => undefined);
      if (folder !== undefined) await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      process.removeListener("exit", removeNow);
    },
  };
}
