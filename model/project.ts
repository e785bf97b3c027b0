import { existsSync } from "node:fs";
import { loadCatalog } from "../catalog/load/index.ts";
import { packageFile } from "../package-root.ts";
import { type Problem, ProblemsError, UsageError } from "../problems/problem.ts";
import { unknownChoices } from "../problems/unknown-choices.ts";
import { buildModel } from "./build.ts";
import type { ReadBefore } from "./described.ts";
import { type PlaceOfLock, readLockFiles } from "./lock-files.ts";
import type { Model } from "./model.ts";
import { readPolicies } from "./policies.ts";
import type { Locate } from "./problems.ts";
import { readRequirements } from "./requirements.ts";

/** A project that was read and is right: what every command begins with. */
export interface Project {
  root: string;
  model: Model;
  /** Names of all platforms, also of those that were not read. */
  platformNames: string[];
  /** Names of all environments of all platforms that were read. */
  environments: string[];
  /** What is worth knowing but does not stop anybody: warnings and infos. */
  problems: Problem[];
  locate: Locate;
}

/** How a project is read. */
export interface ProjectOptions {
  /** Where bundles are kept, instead of where the loader keeps them. */
  cacheDir?: string;
  /** Only these: a quarter of the work where there are five. All if the first by name is among them: its stack brings the fleet's dashboard. */
  platforms?: readonly string[] | undefined;
  /** Of these environments alone: of none, where the ledger is asked what runs, and a torn lock file must stop nobody. All unless told. */
  lockFiles?: readonly PlaceOfLock[];
  /** What was read before, where a project is read again and again. */
  before?: ReadBefore;
}

/** Reads the project in `root`: catalog, policies, model. Throws a ProblemsError with everything that is wrong in what it read. */
export async function loadProject(root: string, options: ProjectOptions = {}): Promise<Project> {
  const { cacheDir, platforms: only } = options;
  const source = packageFile("catalog/index.ts");
  const loaded = await loadCatalog(root, {
    fairleadEntry: existsSync(packageFile("dist/catalog/index.js"))
      ? packageFile("dist/catalog/index.js")
      : source,
    ...(cacheDir !== undefined && { cacheDir }),
    choose: (names) => (only && canBeAlone(only, names) ? only : names),
  });
  const values = new Map(loaded.platforms.map((p) => [p.name, p.value as object]));
  const policies = await readPolicies(root, [...values.keys()]);
  const locks = await readLockFiles(root, [...values.keys()], options.lockFiles);
  const listed = await readRequirements(root);
  const locate: Locate = (place) => policies.locate(place) ?? locks.locate(place) ?? locateInCatalog(place);
  const { model, problems } = buildModel({
    platforms: [...values].map(([name, value]) => ({ name, value })),
    policies: policies.files,
    admission: policies.admission,
    locks: locks.locks,
    requirements: listed.requirements,
    before: options.before,
    isPart: values.size < loaded.names.length,
    locate,
  });
  const all = [...loaded.problems, ...policies.problems, ...locks.problems, ...listed.problems, ...problems];
  if (all.some((p) => p.severity === "error")) throw new ProblemsError(all);
  const environments = [...new Set(model.platforms.flatMap((p) => p.environments.map((e) => e.name)))];
  return { root, model, platformNames: loaded.names, environments, problems: all, locate };

  function locateInCatalog({ platform, path, key, offset }: Parameters<Locate>[0]) {
    const value = values.get(platform);
    if (!value) return undefined;
    if (key) return loaded.locateKey(value, path);
    return offset === undefined ? loaded.locate(value, path) : loaded.locateInside(value, path, offset);
  }
}

// A name that nothing has is told with all that there are.
function canBeAlone(wanted: readonly string[], names: readonly string[]): boolean {
  const [first = ""] = [...names].sort();
  return wanted.every((name) => names.includes(name)) && !wanted.includes(first);
}

/** The platforms and environments named on the command line. Throws a UsageError with the near match of each unknown one. */
export function selectedOf(
  { platformNames, environments }: Pick<Project, "platformNames" | "environments">,
  options: { platform?: string[]; env?: string[] },
): { platforms?: string[]; environments?: string[] } {
  const problems = [
    ...unknownChoices("platform", options.platform ?? [], platformNames),
    ...unknownChoices("environment", options.env ?? [], environments),
  ];
  if (problems.length > 0) throw new UsageError(problems);
  return {
    ...(options.platform && { platforms: options.platform }),
    ...(options.env && { environments: options.env }),
  };
}

/** The part of a model that a command is about. */
export function restrict(
  model: Model,
  selected: { platforms?: readonly string[]; environments?: readonly string[] },
): Model {
  const { platforms, environments } = selected;
  return {
    ...model,
    platforms: model.platforms
      .filter((p) => platforms?.includes(p.name) ?? true)
      .map((p) => ({
        ...p,
        environments: p.environments.filter((e) => environments?.includes(e.name) ?? true),
      })),
  };
}
