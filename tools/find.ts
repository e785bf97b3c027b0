import { access, constants, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { execa } from "execa";
import { satisfies, valid } from "semver";
import { builds } from "./builds.ts";
import { cacheDir, findCachedBuild, type ToolOptions } from "./cache.ts";
import { type MissingTool, ToolMissingError } from "./missing.ts";
import { type PathPin, type ToolName, tools } from "./pins.ts";

/** A tool that can be run. */
export interface FoundTool {
  name: ToolName;
  where: "path" | "cache";
  path: string;
  version: string;
}

/** A tool that cannot be run, and why. */
export interface AbsentTool extends MissingTool {
  name: ToolName;
  where: "missing";
}

/** Looks for a tool on the PATH in an accepted version, then among the pinned builds in the cache. */
export async function findTool(name: ToolName, options: ToolOptions = {}): Promise<FoundTool | AbsentTool> {
  const env = options.env ?? process.env;
  const pin = tools[name];
  const onPath = pin.path ? await searchPath(name, { pin: pin.path, env }) : { rejected: [] };
  if (onPath.accepted) return { name, where: "path", ...onPath.accepted };

  const cached = pin.build ? await findCachedBuild(pin.build, env) : undefined;
  if (cached)
    return { name, where: "cache", path: join(cached.folder, name), version: cached.record.version };

  const tried = [...onPath.rejected];
  if (pin.path && tried.length === 0) tried.push("not on the PATH");
  if (pin.build) tried.push(`no build of ${builds[pin.build].version} in the cache ${cacheDir(env)}`);
  return {
    name,
    where: "missing",
    rule: onPath.rejected.length > 0 ? "tool/version-not-accepted" : "tool/missing",
    tried,
    fix: pin.build ? `run \`fairlead tools install ${name}\`, or ${pin.hint}` : pin.hint,
  };
}

/** The path of a tool that can be run; otherwise a ToolMissingError that says how to get it. */
export async function requireTool(name: ToolName, options: ToolOptions = {}): Promise<string> {
  const found = await findTool(name, options);
  if (found.where === "missing") throw new ToolMissingError([found]);
  return found.path;
}

/** Every executable file of that name on the PATH, in its order. */
export async function findOnPath(program: string, env: NodeJS.ProcessEnv = process.env): Promise<string[]> {
  const folders = new Set((env.PATH ?? "").split(delimiter).filter(isAbsolute));
  const found: string[] = [];
  for (const folder of folders) {
    const file = join(folder, program);
    const runs = await access(file, constants.X_OK).then(
      async () => (await stat(file)).isFile(),
      () => false,
    );
    if (runs) found.push(file);
  }
  return found;
}

/** The first accepted program on the PATH; otherwise why each one found there was rejected. */
async function searchPath(
  name: ToolName,
  search: { pin: PathPin; env: NodeJS.ProcessEnv },
): Promise<{ accepted?: { path: string; version: string }; rejected: string[] }> {
  const { accepts, versionArgs } = search.pin;
  const rejected: string[] = [];
  for (const path of await findOnPath(name, search.env)) {
    const version = await versionOf(path, search);
    if (version === undefined) rejected.push(`${path} does not tell its version (${versionArgs.join(" ")})`);
    else if (!satisfies(version, accepts, { includePrerelease: true })) {
      rejected.push(`${path} is ${version}, accepted is ${accepts}`);
    } else return { accepted: { path, version }, rejected };
  }
  return { rejected };
}

/** Versions by program file: a command runs Terraform and kubectl a dozen times, and each asking takes as long as a small run of it. */
const versions = new Map<string, Promise<string | undefined>>();

async function versionOf(
  path: string,
  ask: { pin: PathPin; env: NodeJS.ProcessEnv },
): Promise<string | undefined> {
  // Another file in its place is another program.
  const { ino, size, mtimeNs } = await stat(path, { bigint: true });
  const key = [path, ino, size, mtimeNs].join(" ");
  const version = versions.get(key) ?? askVersion(path, ask);
  versions.set(key, version);
  // One that could not tell may have had no time to.
  if ((await version) === undefined) versions.delete(key);
  return version;
}

async function askVersion(
  path: string,
  ask: { pin: PathPin; env: NodeJS.ProcessEnv },
): Promise<string | undefined> {
  const result = await execa(path, [...ask.pin.versionArgs], {
    // Terraform would otherwise ask its maker for a newer version, over the network.
    env: { ...ask.env, CHECKPOINT_DISABLE: "1" },
    extendEnv: false,
    all: true,
    reject: false,
    stdin: "ignore",
    timeout: 15_000,
  });
  const version = ask.pin.versionPattern.exec(result.all ?? "")?.[1];
  return version === undefined ? undefined : (valid(version) ?? undefined);
}
