import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import type { Artifact } from "../model/model.ts";

const GENERATED = "generated";

/**
 * Brings the generated files in a stack's folder in line with those that belong beside it. Only what differs is touched: to delete and write two
 * thousand files that are the same again took longer than to synthesise everything.
 */
export function bringInLine(folder: string, files: readonly Artifact[]): void {
  const wanted = new Set(files.map(({ path }) => path));
  for (const path of filesBelow(folder)) if (!wanted.has(path)) rmSync(join(folder, path));
  for (const { path, content } of files) {
    const file = join(folder, path);
    if (existsSync(file) && readFileSync(file, "utf8") === content) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

function filesBelow(folder: string): string[] {
  const root = join(folder, GENERATED);
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, "/"));
}
