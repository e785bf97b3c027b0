import { readFileSync } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Artifact, Origin } from "../model/model.ts";
import { ProblemsError } from "../problems/problem.ts";

/** How a file on disk differs from what the catalog says it should be. */
export interface Difference {
  path: string;
  kind: "missing" | "changed" | "stale";
  origin?: Origin;
  /** First line that differs, from 1, as it is and as it should be; only of changed files. */
  line?: { number: number; is: string | undefined; should: string | undefined };
}

/** Compares the files of a project with its artifacts; `mine` says which files under `generated/` are in question. */
export async function compareOutput(
  root: string,
  artifacts: readonly Artifact[],
  mine: (path: string) => boolean,
): Promise<Difference[]> {
  const wanted = new Map(artifacts.filter((a) => mine(a.path)).map((a) => [a.path, a]));
  const present = new Set((await generatedFiles(root)).filter(mine));
  const stale = [...present].filter((path) => !wanted.has(path));
  const isGenerated = (path: string) => kinds.some((kind) => path.startsWith(`generated/${kind}/`));
  const differences = [...wanted.values()].flatMap((artifact) => {
    const { path, origin } = artifact;
    if (isGenerated(path) && !present.has(path)) return { path, kind: "missing" as const, origin };
    return difference(root, artifact) ?? [];
  });
  return [...differences, ...stale.map((path) => ({ path, kind: "stale" as const }))].sort((a, b) =>
    a.path < b.path ? -1 : 1,
  );
}

/** How a file on disk differs from its artifact; nothing where it does not. */
export function difference(root: string, artifact: Artifact): Difference | undefined {
  const { path, content, origin } = artifact;
  const is = textOf(join(root, path));
  if (is === content) return undefined;
  if (is === undefined) return { path, kind: "missing", origin };
  return { path, kind: "changed", origin, line: firstDifference(is, content) };
}

// Not asynchronous, as in write.ts.
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function firstDifference(is: string, should: string): Exclude<Difference["line"], undefined> {
  const [left, right] = [is.split("\n"), should.split("\n")];
  let i = 0;
  while (left[i] === right[i]) i += 1;
  return { number: i + 1, is: left[i], should: right[i] };
}

/** The folders under `generated/` that belong to Fairlead; whatever else is there is somebody else's and is left alone. */
const kinds = [
  "alerts",
  "compose",
  "dashboards",
  "flags",
  "load-tests",
  "manifests",
  "policies",
  "runbooks",
  "stacks",
] as const;

async function generatedFiles(root: string): Promise<string[]> {
  const link = await lstat(join(root, "generated")).catch(() => undefined);
  if (link?.isSymbolicLink()) {
    const message = "generated/ is a link: files would be removed somewhere else";
    const fix = "make it a folder of the project";
    throw new ProblemsError([{ rule: "output/linked-folder", severity: "error", message, fix }]);
  }
  return (await Promise.all(kinds.map((kind) => filesBelow(root, `generated/${kind}`)))).flat();
}

/** Paths of all files below a folder of the project, with forward slashes; none if it does not exist. */
export async function filesBelow(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
  const nested = await Promise.all(
    entries.map((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(root, path) : [path];
    }),
  );
  return nested.flat().sort();
}
