import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type BuildName, builds } from "./builds.ts";
import {
  type BuildRecord,
  buildFolderStem,
  cacheDir,
  findCachedBuild,
  inputsDigest,
  platformName,
  sha256File,
} from "./cache.ts";
import { compile, goToolchain } from "./go.ts";
import { INTERPRETER, installPackages, pythonToolchain } from "./python.ts";
import type { BuildTrouble, Toolchain, WorkDone } from "./toolchain.ts";

/** What a running build is at. */
export interface BuildStatus extends WorkDone {
  step: "start" | "download" | "compile" | "done";
  elapsedSeconds: number;
}

/** How a build is run: its environment, and who hears about once a second how far it is. */
export interface BuildOptions {
  env: NodeJS.ProcessEnv;
  onStatus: (status: BuildStatus) => void;
}

/**
 * Builds one pin into the cache; returns why, if it cannot. It builds into a folder of its own and renames
 * that into place, so a build that is cut off leaves nothing to be found, and of two processes that build
 * the same the first to rename wins.
 */
export async function buildPinned(name: BuildName, options: BuildOptions): Promise<BuildTrouble | undefined> {
  const pin = builds[name];
  const [find, make] =
    pin.language === "python" ? [pythonToolchain, installPackages] : [goToolchain, compile];
  const toolchain = await find(pin, options.env);
  if ("message" in toolchain) return toolchain;
  const inputs = await inputsDigest(pin);
  const root = join(cacheDir(options.env), "tools");
  await mkdir(root, { recursive: true });
  await removeAbandoned(root);
  const into = await mkdtemp(join(root, `.building-${name}-`));
  const clock = startClock(options.onStatus);
  try {
    const trouble = await make(pin, { toolchain, env: options.env, into, done: clock.done });
    if (trouble) return trouble;
    await writeRecord(into, { name, toolchain, inputs, buildSeconds: clock.seconds() });
    const folder = join(root, `${buildFolderStem(name, inputs)}-${toolchain.version}`);
    if (!(await moveIntoPlace(into, folder)) && !(await findCachedBuild(name, options.env))) {
      // What is in the way is not another process's build but a damaged one.
      await rm(folder, { recursive: true, force: true });
      await moveIntoPlace(into, folder);
    }
    clock.report("done");
    return undefined;
  } finally {
    clock.stop();
    await rm(into, { recursive: true, force: true });
  }
}

/** Reports once a second, because the linker is silent for longer than a person likes to wait. */
function startClock(onStatus: BuildOptions["onStatus"]) {
  const started = performance.now();
  const done: WorkDone = { modulesDownloaded: 0, packagesCompiled: 0 };
  const seconds = () => (performance.now() - started) / 1000;
  const report = (step: BuildStatus["step"]) => onStatus({ ...done, step, elapsedSeconds: seconds() });
  const currentStep = () => {
    if (done.packagesCompiled > 0) return "compile";
    return done.modulesDownloaded > 0 ? "download" : "start";
  };
  report("start");
  const timer = setInterval(() => report(currentStep()), 1000);
  return { done, seconds, report, stop: () => clearInterval(timer) };
}

async function writeRecord(
  folder: string,
  built: { name: BuildName; toolchain: Toolchain; inputs: string; buildSeconds: number },
): Promise<void> {
  const { module, tags, version, language } = builds[built.name];
  const binaries: BuildRecord["binaries"] = {};
  const made = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
  const files = made.map(({ name }) => name).sort();
  // A link to the interpreter that it was made with: without that the build is none.
  for (const file of language === "python" ? [...files, INTERPRETER] : files) {
    const path = join(folder, file);
    binaries[file] = { sha256: await sha256File(path), bytes: (await stat(path)).size };
  }
  const record: BuildRecord = {
    build: built.name,
    version,
    module,
    tags,
    builtWith: built.toolchain.version,
    platform: platformName(),
    inputs: built.inputs,
    builtAt: new Date().toISOString(),
    buildSeconds: Math.round(built.buildSeconds),
    binaries,
  };
  await writeFile(join(folder, "build.json"), `${JSON.stringify(record, null, 2)}\n`);
}

/** Renames a finished folder to its name; false when something is there already, mostly another process's. */
export async function moveIntoPlace(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
    return false;
  }
}

/** Removes what killed builds left behind; no build takes a day. */
async function removeAbandoned(root: string): Promise<void> {
  const oneDayAgo = Date.now() - 24 * 60 * 60 * 1000;
  for (const entry of await readdir(root)) {
    if (!entry.startsWith(".building-")) continue;
    const folder = join(root, entry);
    const info = await stat(folder).catch(() => undefined);
    if (info && info.mtimeMs < oneDayAgo) await rm(folder, { recursive: true, force: true });
  }
}
