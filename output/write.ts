import { mkdir, mkdtemp, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Artifact } from "../model/model.ts";
import { compareOutput, type Difference } from "./compare.ts";

/**
 * Brings the files of a project in line with its artifacts and removes generated files that no artifact is behind. Returns what
 * it changed. Everything is first written beside its destination and then renamed, so that a failure leaves the old files.
 */
export async function writeOutput(
  root: string,
  artifacts: readonly Artifact[],
  mine: (path: string) => boolean,
): Promise<Difference[]> {
  const differences = await compareOutput(root, artifacts, mine);
  const byPath = new Map(artifacts.map((a) => [a.path, a]));
  await mkdir(join(root, ".fairlead"), { recursive: true });
  const staging = await mkdtemp(join(root, ".fairlead", "generate-"));
  try {
    const written = differences.filter((d) => d.kind !== "stale");
    await Promise.all(
      written.map(({ path }, i) => writeFile(join(staging, String(i)), byPath.get(path)?.content ?? "")),
    );
    for (const [i, { path }] of written.entries()) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await rename(join(staging, String(i)), join(root, path));
    }
    for (const { path } of differences.filter((d) => d.kind === "stale")) await removeFile(root, path);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return differences;
}

async function removeFile(root: string, path: string): Promise<void> {
  await rm(join(root, path));
  for (let folder = dirname(path); folder.includes("/"); folder = dirname(folder)) {
    const emptied = await rmdir(join(root, folder)).then(
      () => true,
      () => false,
    );
    if (!emptied) return;
  }
}
