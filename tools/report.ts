import { lstat, readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { execa } from "execa";
import { coerce, satisfies } from "semver";
import type { Problem } from "../problems/problem.ts";
import { builds } from "./builds.ts";
import { cacheDir, findCachedBuild, sha256File, type ToolOptions } from "./cache.ts";
import { findOnPath, findTool } from "./find.ts";
import { ToolMissingError } from "./missing.ts";
import { type ToolName, toolNames, tools } from "./pins.ts";
import { chooseProviderSource, type ProviderChoice } from "./provider-choice.ts";

/** One tool, as `fairlead tools` shows it. */
export interface ToolStatus {
  name: ToolName;
  where: "path" | "cache" | "missing";
  neededFor: string;
  path?: string;
  version?: string;
  /** Of the file as it is now. */
  sha256?: string;
  /** The module that a build of ours came from. */
  builtFrom?: string;
  /** Why it is missing and how to get it. */
  problem?: Problem;
}

/** A program of the machine that Fairlead leans on. */
export interface ProgramStatus {
  name: "node" | "go" | "git";
  neededFor: string;
  version?: string;
  path?: string;
}

/** Everything that `fairlead tools` tells, as plain data. */
export interface ToolReport {
  tools: ToolStatus[];
  programs: ProgramStatus[];
  providers: ProviderChoice;
  cache: { folder: string; bytes: number };
  /** What is wrong, and how to mend it; empty on a machine that has everything. */
  problems: Problem[];
}

/** The Node versions that package.json names under `engines`. */
const acceptedNode = ">=20.19.0";

/** Looks at every tool and at the set-up around them; starts no build and changes nothing. */
export async function toolReport(options: ToolOptions = {}): Promise<ToolReport> {
  const env = options.env ?? process.env;
  const problems: Problem[] = [];
  const [statuses, programs, cache] = await Promise.all([
    Promise.all(toolNames.map((name) => toolStatus(name, { env, problems }))),
    Promise.all([nodeStatus(problems), programStatus("go", env), programStatus("git", env)]),
    cacheStatus(env),
  ]);
  const terraform = statuses.find((status) => status.name === "terraform");
  const providers =
    terraform?.where === "missing"
      ? { from: "mirror" as const, reason: "Terraform is missing, so its registry was not tried" }
      : await chooseProviderSource({ env });
  const needed = statuses.filter((status) => needsIt(status, providers.from));
  problems.push(...needed.flatMap((status) => (tools[status.name].optional ? [] : (status.problem ?? []))));
  return { tools: needed, programs, providers, cache, problems };
}

/** Our builds of the providers are not listed where Terraform gets them from its registry. */
function needsIt(status: ToolStatus, providersFrom: "registry" | "mirror"): boolean {
  return providersFrom === "mirror" || !status.name.startsWith("terraform-provider-");
}

async function toolStatus(
  name: ToolName,
  look: { env: NodeJS.ProcessEnv; problems: Problem[] },
): Promise<ToolStatus> {
  const { neededFor, build } = tools[name];
  const found = await findTool(name, look);
  if (found.where === "missing") {
    const [problem] = new ToolMissingError([found]).problems;
    return { name, where: "missing", neededFor, ...(problem && { problem }) };
  }
  const sha256 = await sha256File(found.path);
  const status: ToolStatus = { ...found, neededFor, sha256 };
  if (found.where !== "cache" || !build) return status;
  const recorded = (await findCachedBuild(build, look.env))?.record.binaries[basename(found.path)]?.sha256;
  if (recorded !== sha256) {
    look.problems.push({
      rule: "tool/altered",
      severity: "error",
      message: `${found.path} is not what was built: its SHA-256 is ${sha256}, recorded was ${recorded}`,
      fix: `delete ${dirname(found.path)} and run \`fairlead tools install ${name}\``,
    });
  }
  const { path, version } = builds[build].module;
  return { ...status, builtFrom: `${path}@${version}` };
}

function nodeStatus(problems: Problem[]): ProgramStatus {
  const version = process.versions.node;
  if (!satisfies(version, acceptedNode)) {
    problems.push({
      rule: "tool/node-too-old",
      severity: "error",
      message: `this is Node ${version}, accepted is ${acceptedNode}`,
      fix: "install a newer Node, best the current long-term support version",
    });
  }
  return { name: "node", neededFor: "Fairlead itself", version, path: process.execPath };
}

async function programStatus(name: "go" | "git", env: NodeJS.ProcessEnv): Promise<ProgramStatus> {
  const neededFor =
    name === "go" ? "building tools that are not on the PATH" : "`diff`, releases and the ledger";
  const [path] = await findOnPath(name, env);
  if (!path) return { name, neededFor };
  const asked = await execa(path, [name === "go" ? "version" : "--version"], {
    ...{ env, extendEnv: false, reject: false, stdin: "ignore", timeout: 15_000 },
  });
  const version = coerce(asked.stdout)?.version;
  return version ? { name, neededFor, path, version } : { name, neededFor, path };
}

/** Counts every file once, however many names it has: the mirror's providers are links to the builds. */
async function cacheStatus(env: NodeJS.ProcessEnv): Promise<ToolReport["cache"]> {
  const folder = cacheDir(env);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = new Map<string, number>();
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const info = await lstat(join(entry.parentPath, entry.name)).catch(() => undefined);
    if (info) sizes.set(`${info.dev}:${info.ino}`, info.size);
  }
  return { folder, bytes: [...sizes.values()].reduce((sum, size) => sum + size, 0) };
}
