import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Artifact } from "../model/model.ts";
import { compareOutput, type Difference, difference } from "./compare.ts";

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
  bringInLine(root, artifacts, differences);
  return differences;
}

/** The same of a few artifacts, without a look at any other file: `gone` are paths of generated files that no artifact is behind any more. */
export function writeChanges(
  root: string,
  changed: readonly Artifact[],
  gone: readonly string[],
): Difference[] {
  const differences = [
    ...changed.flatMap((artifact) => difference(root, artifact) ?? []),
    ...gone.filter((path) => existsSync(join(root, path))).map((path) => ({ path, kind: "stale" as const })),
  ];
  bringInLine(root, changed, differences);
  return differences;
}

function bringInLine(root: string, artifacts: readonly Artifact[], differences: readonly Difference[]): void {
  if (differences.length === 0) return;
  const byPath = new Map(artifacts.map((a) => [a.path, a]));
  mkdirSync(join(root, ".fairlead"), { recursive: true });
  const staging = mkdtempSync(join(root, ".fairlead", "generate-"));
  try {
    const written = differences.filter((d) => d.kind !== "stale").map(({ path }) => path);
    putInPlace(
      root,
      staging,
      written.flatMap((path) => byPath.get(path) ?? []),
    );
    for (const { path } of differences.filter((d) => d.kind === "stale")) removeFile(root, path);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** Writes files beside their destinations, and once all are written moves them there: new folders as a whole. */
function putInPlace(root: string, staging: string, files: readonly Artifact[]): void {
  const folders = new Set(files.map(({ path }) => dirname(path)));
  const old = new Set([...folders].filter((folder) => existsSync(join(root, folder))));
  const moves: [from: string, to: string][] = [];
  const tree = join(staging, "new");
  for (const artifact of files) {
    const { path } = artifact;
    const inOldFolder = old.has(dirname(path));
    const staged = inOldFolder ? join(staging, String(moves.length)) : join(tree, path);
    stage(staged, artifact.content);
    if (inOldFolder) moves.push([staged, join(root, path)]);
  }
  for (const [from, to] of moves) renameSync(from, to);
  if (existsSync(tree)) moveInto(tree, root);
}

// Not asynchronous: for thousands of small files handing each to another thread takes longer than to write it.
function stage(file: string, content: string): void {
  try {
    writeFileSync(file, content);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/** Moves what is in one folder into another; a folder that is not there yet as a whole. */
function moveInto(from: string, to: string): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory() && existsSync(target)) moveInto(source, target);
    else renameSync(source, target);
  }
}

function removeFile(root: string, path: string): void {
  rmSync(join(root, path));
  for (let folder = dirname(path); folder.includes("/"); folder = dirname(folder)) {
    try {
      rmdirSync(join(root, folder));
    } catch {
      return; // something else is in it
    }
  }
}
