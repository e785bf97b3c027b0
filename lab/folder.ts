import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import envPaths from "env-paths";
import { type Problem, ProblemsError, UsageError } from "../problems/problem.ts";

/** Where a lab keeps its state, its logs and its data. */
export interface LabFolder {
  name: string;
  path: string;
}

/** The folder of a lab, which need not exist: below FAIRLEAD_LABS, or in the user's own temporary folder. Throws a UsageError for a bad name. */
export function labFolder(name: string, env: NodeJS.ProcessEnv = process.env): LabFolder {
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name)) throw new UsageError([badName(name)]);
  return { name, path: join(labsFolder(env), name) };
}

/** The file without which a folder is none of a lab, but what a failed start has left: its logs. */
export const stateFileName = "state.json";

/** Names of the labs that there are, sorted. */
export function labNames(env: NodeJS.ProcessEnv = process.env): string[] {
  try {
    const folder = labsFolder(env);
    return readdirSync(folder)
      .filter((name) => existsSync(join(folder, name, stateFileName)))
      .sort();
  } catch {
    return [];
  }
}

/** Makes a folder of a lab. PostgreSQL's account walks through it; files that hold secrets are readable by their owner alone. */
export function makeFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o711 });
  const { uid } = statSync(path);
  // The temporary folder is everybody's: whoever made this one before could change what runs.
  if (process.getuid && uid !== process.getuid()) throw new ProblemsError([foreign(path)]);
  return path;
}

// Not in the project: a lab is found from every folder, and PostgreSQL's account need not be able to enter a home folder.
function labsFolder(env: NodeJS.ProcessEnv): string {
  return env.FAIRLEAD_LABS
    ? resolve(env.FAIRLEAD_LABS)
    : join(envPaths("fairlead", { suffix: "" }).temp, "labs");
}

function badName(name: string): Problem {
  return {
    rule: "lab/name",
    severity: "error",
    message: `a lab cannot be called "${name}"`,
    fix: "take lower-case letters, digits and dashes, 40 at most",
  };
}

function foreign(path: string): Problem {
  return {
    rule: "lab/folder",
    severity: "error",
    message: `${path} belongs to somebody else`,
    fix: "set FAIRLEAD_LABS to a folder of your own",
  };
}
