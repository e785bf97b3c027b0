import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import type { Problem } from "../../problems/problem.ts";

/** A platform's catalog: the name that its folder or file gives it, and the file to begin with. */
export interface PlatformFile {
  name: string;
  /** Relative to the project root, with forward slashes. */
  file: string;
}

/** The folder, below the project root, in which every platform has a folder or a file. */
export const platformsFolder = "catalog/platforms";

/** Finds every platform of a project, in order of name, and reports folders that hold none. */
export async function findPlatforms(
  root: string,
): Promise<{ platforms: PlatformFile[]; problems: Problem[] }> {
  const platforms: PlatformFile[] = [];
  const problems: Problem[] = [];
  for (const name of await candidates(root)) {
    const found = await platformAt(root, name);
    if (found && "rule" in found) problems.push(found);
    else if (found) platforms.push(found);
  }
  problems.push(...twice(platforms));
  if (platforms.length === 0 && problems.length === 0) {
    problems.push({
      rule: "load/no-platforms",
      severity: "error",
      message: `${platformsFolder} holds no platform`,
      fix: "run `fairlead init DIR` for a first one, or run fairlead in your project's folder",
    });
  }
  return { platforms, problems };
}

async function candidates(root: string): Promise<string[]> {
  const entries = await readdir(path.join(root, platformsFolder)).catch(() => []);
  return entries.filter((name) => !/^[._]|node_modules$/.test(name)).sort();
}

async function platformAt(root: string, entry: string): Promise<PlatformFile | Problem | undefined> {
  const file = `${platformsFolder}/${entry}`;
  if (!(await isFolder(path.join(root, file)))) {
    const name = /^(.+?)(?<!\.(?:test|d))\.ts$/.exec(entry)?.[1];
    return name === undefined ? undefined : { name, file };
  }
  const index = `${file}/index.ts`;
  if (await isFile(path.join(root, index))) return { name: entry, file: index };
  return {
    rule: "load/no-index",
    severity: "error",
    message: `the folder ${file} has no index.ts`,
    location: { file, line: 1, column: 1, exact: false },
    fix: "add an index.ts that default-exports definePlatform({ … }), or let the folder's name begin with '_'",
  };
}

function twice(platforms: readonly PlatformFile[]): Problem[] {
  return platforms.flatMap(({ name, file }, i) => {
    const first = platforms.slice(0, i).find((p) => p.name === name);
    if (!first) return [];
    return {
      rule: "load/duplicate-platform",
      severity: "error" as const,
      message: `there are two platforms "${name}": ${first.file} and ${file}`,
      location: { file, line: 1, column: 1, exact: true },
      fix: "remove or rename one of them",
    };
  });
}

async function isFolder(file: string): Promise<boolean> {
  return stat(file).then(
    (s) => s.isDirectory(),
    () => false,
  );
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (s) => s.isFile(),
    () => false,
  );
}
