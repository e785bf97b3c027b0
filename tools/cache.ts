import { createHash } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { access, readdir, readFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import envPaths from "env-paths";
import { packageFile } from "../package-root.ts";
import { type BuildName, type BuildPin, builds } from "./builds.ts";

/** Where a call looks; tests give another environment, everyone else leaves it out. */
export interface ToolOptions {
  env?: NodeJS.ProcessEnv;
}

/** What is written beside the binaries as `build.json`: what they are and how they came about. */
export interface BuildRecord {
  build: BuildName;
  version: string;
  module: { path: string; version: string };
  tags: readonly string[];
  /** Such as go1.26.8. */
  builtWith: string;
  platform: string;
  /** SHA-256 of go.mod, go.sum, our own Go sources or requirements.txt, and the pin. */
  inputs: string;
  builtAt: string;
  buildSeconds: number;
  binaries: Record<string, { sha256: string; bytes: number }>;
}

/** A finished build in the cache. */
export interface CachedBuild {
  folder: string;
  record: BuildRecord;
}

/** Fairlead's cache folder: FAIRLEAD_CACHE, or the place where the operating system keeps caches. */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string {
  return env.FAIRLEAD_CACHE ? resolve(env.FAIRLEAD_CACHE) : envPaths("fairlead", { suffix: "" }).cache;
}

/** `linux-amd64`, in Go's spelling, so that folder names agree with Terraform's and Go's own. */
export function platformName(): string {
  const arch = { x64: "amd64", ia32: "386" }[process.arch as string] ?? process.arch;
  return `${process.platform === "win32" ? "windows" : process.platform}-${arch}`;
}

/** The SHA-256 of a file, in hexadecimal. */
export async function sha256File(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** A digest of all that decides what a build makes, apart from the version of Go or Python and the platform. */
export async function inputsDigest(pin: BuildPin): Promise<string> {
  const folder = packageFile(pin.folder);
  const { module, packages, tags, variables, version } = pin;
  const hash = createHash("sha256").update(JSON.stringify({ module, packages, tags, variables, version }));
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && /(^go\.(mod|sum)|^requirements\.txt|\.go)$/.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
  for (const file of files) hash.update(`\n${file}\n`).update(await readFile(join(folder, file)));
  return hash.digest("hex");
}

/** A build's folder in the cache, but for the version of Go or Python at its end: tool, version, platform and inputs. */
export function buildFolderStem(name: BuildName, inputs: string): string {
  return [name, builds[name].version, platformName(), inputs.slice(0, 12)].join("-");
}

/**
 * The newest finished build of a pin, if there is one. One made with another Go version counts, so that
 * upgrading or removing Go does not take the tools away; its record says which Go it was.
 */
export async function findCachedBuild(
  name: BuildName,
  env?: NodeJS.ProcessEnv,
): Promise<CachedBuild | undefined> {
  const root = join(cacheDir(env), "tools");
  const stem = buildFolderStem(name, await inputsDigest(builds[name]));
  const found: CachedBuild[] = [];
  for (const entry of await readdir(root).catch(() => [])) {
    if (!entry.startsWith(`${stem}-`)) continue;
    const folder = join(root, entry);
    const record = await readRecord(folder);
    if (record) found.push({ folder, record });
  }
  return found.sort((a, b) => a.record.builtAt.localeCompare(b.record.builtAt)).at(-1);
}

/** The record of a build, unless something of the build is gone: then it is as if it had never been made. */
async function readRecord(folder: string): Promise<BuildRecord | undefined> {
  try {
    const record = JSON.parse(await readFile(join(folder, "build.json"), "utf8")) as BuildRecord;
    await Promise.all(Object.keys(record.binaries).map((file) => access(join(folder, file), constants.X_OK)));
    return record;
  } catch {
    return undefined;
  }
}
