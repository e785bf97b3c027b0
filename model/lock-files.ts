import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { readYaml, type YamlFile } from "../catalog/load/yaml-file.ts";
import type { Problem } from "../problems/problem.ts";
import { explainIssues } from "../problems/zod-issues.ts";
import { type LockFile, lockFile, lockFilePath } from "./lock-file.ts";
import type { Locate, Place } from "./problems.ts";

/** An environment's lock file; `place` says where something in it stands. */
export interface FoundLock {
  /** Path from the project root. */
  file: string;
  lock: LockFile;
  place: (path: readonly (string | number)[]) => Place;
}

/** Whose lock file. */
export interface PlaceOfLock {
  platform: string;
  environment: string;
}

/** The lock files of a project, and what is wrong with them. */
export interface LockFiles {
  locks: FoundLock[];
  problems: Problem[];
  /** Finds places below `["promotion", file, …]`, which no catalog has. */
  locate: Locate;
}

const SUFFIX = ".lock.json";

/** Reads `promotion/PLATFORM/ENV.lock.json` of every platform, or `only` some. What is not as promotion writes it is a Problem with its place, and is not used. */
export async function readLockFiles(
  root: string,
  platforms: readonly string[],
  only?: readonly PlaceOfLock[],
): Promise<LockFiles> {
  const found = (await Promise.all(platforms.map((platform) => placesIn(root, platform)))).flat();
  const isMeant = (place: PlaceOfLock) => only?.some((one) => isDeepStrictEqual(one, place)) ?? true;
  const read = await Promise.all(found.filter(isMeant).map((place) => readLock(root, place)));
  return {
    locks: read.flatMap(({ found }) => found ?? []),
    problems: read.flatMap(({ problems }) => problems),
    locate: ({ path: [kind, file, ...rest], key }) => {
      const document =
        kind === "promotion" ? read.find((one) => one.document.file === file)?.document : undefined;
      return key ? document?.locateKey(rest) : document?.locate(rest);
    },
  };
}

async function placesIn(root: string, platform: string): Promise<PlaceOfLock[]> {
  const names = await readdir(join(root, "promotion", platform)).catch(() => []);
  const environments = names
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => name.slice(0, -SUFFIX.length));
  return environments.sort().map((environment) => ({ platform, environment }));
}

async function readLock(root: string, of: PlaceOfLock) {
  const file = lockFilePath(of.platform, of.environment);
  const document = await readYaml(root, file);
  const parsed = lockFile.safeParse(document.value, { jitless: true });
  const problems = document.problems.map((problem) => edited(document, problem));
  if (document.value === undefined) return { document, problems };
  if (!parsed.success) {
    for (const { path, atKey, message } of explainIssues(parsed.error.issues, document.value, lockFile))
      problems.push(edited(document, { message, path, ...(atKey && { atKey }) }));
    return { document, problems };
  }
  for (const member of ["platform", "environment"] as const)
    if (parsed.data[member] !== of[member])
      problems.push(
        edited(document, { message: `it is of ${member} "${parsed.data[member]}"`, path: [member] }),
      );
  const place: FoundLock["place"] = (inside) => ({
    platform: of.platform,
    path: ["promotion", file, ...inside],
  });
  return { document, problems, ...(problems.length === 0 && { found: { file, lock: parsed.data, place } }) };
}

/** A Problem for a lock file that promotion has not written so. */
function edited(
  document: YamlFile,
  wrong: {
    message: string;
    path?: string | readonly (string | number)[];
    atKey?: boolean;
    location?: Problem["location"];
  },
): Problem {
  const { file } = document;
  const path = typeof wrong.path === "object" ? wrong.path : [];
  const location = wrong.location ?? (wrong.atKey ? document.locateKey(path) : document.locate(path));
  return {
    rule: "promotion/lock-file",
    severity: "error",
    message: `${file} is not as promotion writes it: ${wrong.message}`,
    location,
    // What it should hold is in the ledger, which is not read here.
    fix: `take the change back: git restore ${file}; where Git has no better one, fairlead verify says how it is written anew`,
  };
}
