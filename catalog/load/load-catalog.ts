import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { packageVersion } from "../../package-root.ts";
import type { Problem } from "../../problems/problem.ts";
import { bundlePlatforms } from "./bundle.ts";
import { findBundle, rememberBundle, type StoredBundle, writeBundle } from "./bundle-cache.ts";
import { evaluate } from "./evaluate.ts";
import { findPlatforms, type PlatformFile } from "./find-platforms.ts";
import { createLocators, type LoadedCatalog, type LoadedPlatform } from "./loaded-catalog.ts";
import { prepareParser } from "./parser.ts";
import { readPlatform } from "./platform-module.ts";
import { createSources } from "./source-tree.ts";
import { digest } from "./watched-files.ts";

/** How a catalog is loaded. */
export interface LoadOptions {
  /** The module that `import … from "fairlead"` means in a catalog: that of the running package. */
  fairleadEntry: string;
  /** Where bundles are kept; must be inside the project, so that its packages are found. */
  cacheDir?: string;
  /** False to bundle anew whatever was kept. */
  cache?: boolean;
  /** Chooses among the names of all platforms those that are to be read; all unless told. */
  choose?: (names: readonly string[]) => readonly string[];
  /** How long a catalog may take to run; 30 by default. */
  limitSeconds?: number;
}

// Change it when the code that bundles carry, or what is kept beside them, changes its meaning.
const FORMAT = 1;

/**
 * Reads every platform of the project in `projectRoot`. What is wrong is in `problems`, all of it at once; platforms
 * that could not be read are left out of `platforms`.
 */
export async function loadCatalog(projectRoot: string, options: LoadOptions): Promise<LoadedCatalog> {
  const root = existsSync(projectRoot) ? realpathSync(projectRoot) : path.resolve(projectRoot);
  await prepareParser();
  const { platforms: all, problems: unfound } = await findPlatforms(root);
  const names = all.map(({ name }) => name);
  const chosen = options.choose?.(names) ?? names;
  const files = all.filter(({ name }) => chosen.includes(name));
  if (files.length === 0)
    return { root, names, platforms: [], problems: unfound, ...createLocators(createSources(new Map())) };
  const { bundle, problems: unbundled } = await bundleOf(root, files, options);
  const locators = createLocators(createSources(bundle?.inputs ?? new Map()));
  const platforms: LoadedPlatform[] = [];
  const problems = [...unfound, ...unbundled];
  for (const file of bundle ? files : []) {
    const entry = bundle?.entries[file.file];
    if (!bundle || entry === undefined) continue; // left out: its problems are known already
    const evaluation = await evaluate(bundle.folder, entry, options.limitSeconds ?? 30);
    const read = readPlatform(evaluation, { file, files: all, bundle, root, ...locators });
    problems.push(...read.problems);
    if (read.platform) platforms.push(read.platform);
  }
  return { root, names, platforms, problems: unique(problems), ...locators };
}

async function bundleOf(
  root: string,
  files: readonly PlatformFile[],
  options: LoadOptions,
): Promise<{ bundle?: StoredBundle; problems: Problem[] }> {
  const fairleadEntry = realpathSync(options.fairleadEntry);
  const cacheOptions = {
    root,
    cacheDir: options.cacheDir ? path.resolve(root, options.cacheDir) : defaultCacheDir(root),
    key: digest(JSON.stringify([FORMAT, packageVersion(), ...toolVersions(), root, fairleadEntry, files])),
  };
  const kept = options.cache === false ? undefined : await findBundle(cacheOptions);
  if (kept) return { bundle: kept, problems: kept.problems };
  const { bundle, problems } = await bundlePlatforms(files, { root, fairleadEntry });
  if (!bundle) return { problems };
  try {
    const folder = await writeBundle(bundle, cacheOptions.cacheDir);
    // One that lacks a platform does not know when that platform's files change.
    const isWhole = files.every(({ file }) => bundle.entries[file] !== undefined);
    if (isWhole) await rememberBundle(folder, { ...bundle, problems }, cacheOptions);
    return { bundle: { ...bundle, folder, problems }, problems };
  } catch (error) {
    return { problems: [...problems, notWritable(cacheOptions.cacheDir, root, error)] };
  }
}

function defaultCacheDir(root: string): string {
  const packages = path.join(root, "node_modules");
  return existsSync(packages)
    ? path.join(packages, ".cache", "fairlead")
    : path.join(root, ".fairlead", "cache");
}

function toolVersions(): string[] {
  const require = createRequire(import.meta.url);
  return ["esbuild", "oxc-parser"].map((name) => {
    const manifest = JSON.parse(readFileSync(require.resolve(`${name}/package.json`), "utf8")) as {
      version: string;
    };
    return `${name}@${manifest.version}`;
  });
}

function notWritable(cacheDir: string, root: string, error: unknown): Problem {
  const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
  return {
    rule: "load/cache-not-writable",
    severity: "error",
    message: `cannot write the bundled catalog to ${path.relative(root, cacheDir) || cacheDir} (${code})`,
    fix: "make that folder writable",
  };
}

// What several platforms share fails for each of them.
function unique(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((p) => [JSON.stringify(p), p])).values()];
}
