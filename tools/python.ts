import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { satisfies } from "semver";
import { packageFile } from "../package-root.ts";
import type { BuildPin } from "./builds.ts";
import { findOnPath } from "./find.ts";
import { type BuildRun, type BuildTrouble, buildTimeoutMs, lastLines, type Toolchain } from "./toolchain.ts";

/** Interpreters that the pinned packages are published for. */
const ACCEPTED = ">=3.10.0 <3.14.0";
const fix = "install Python 3.10 to 3.13 with its venv module and put python3 on the PATH";

/** The interpreter of a build in the cache; the rest of the folder is found from its place. */
export const INTERPRETER = "venv/bin/python";

/** The first Python on the PATH that is new enough. */
export async function pythonToolchain(
  _pin: BuildPin,
  env: NodeJS.ProcessEnv,
): Promise<Toolchain | BuildTrouble> {
  const [path] = await findOnPath("python3", env);
  if (!path) return { found: false, message: "cannot be installed, because python3 is not on the PATH", fix };
  const asked = await execa(path, ["-I", "-c", "import platform, venv; print(platform.python_version())"], {
    ...{ env: pythonEnv(env), extendEnv: false, stdin: "ignore", reject: false, timeout: 60_000 },
  });
  if (asked.failed) {
    const said = lastLines(asked.stderr.split("\n"), asked.shortMessage);
    return { found: true, message: `cannot be installed: ${said}`, fix };
  }
  const version = asked.stdout.trim();
  if (satisfies(version, ACCEPTED)) return { path, version: `python${version}` };
  return { found: true, message: `cannot be installed: ${path} is Python ${version}`, fix };
}

/**
 * Installs a pin's packages, with all that they stand on, into a virtual environment in the folder, each only if it has one of the
 * SHA-256 digests in requirements.txt; and puts a program beside it that runs them.
 */
export async function installPackages(pin: BuildPin, run: BuildRun): Promise<BuildTrouble | undefined> {
  const python = join(run.into, INTERPRETER);
  const requirements = packageFile(`${pin.folder}/requirements.txt`);
  const made = await runPython(run, run.toolchain.path, ["-I", "-m", "venv", join(run.into, "venv")]);
  const pip = ["-I", "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--require-hashes"];
  const said = made ?? (await runPython(run, python, [...pip, "--requirement", requirements]));
  if (said !== undefined) {
    const { path, version } = pin.module;
    const message = `installing ${path} ${version} failed: ${said}`;
    return { found: true, message, fix: "give pip access to a package index (`pip config list`)" };
  }
  for (const name of pin.packages) await writeLauncher(join(run.into, name), name);
  return undefined;
}

/** Runs Python, counting what pip reports; returns what it said at the end if it failed. */
async function runPython(
  { env, done }: BuildRun,
  python: string,
  args: readonly string[],
): Promise<string | undefined> {
  const work = execa(python, [...args], {
    ...{ env: pythonEnv(env), extendEnv: false, all: true },
    ...{ stdin: "ignore", reject: false, timeout: buildTimeoutMs, forceKillAfterDelay: 5_000 },
  });
  for await (const line of work.iterable({ from: "all" })) {
    if (/^Collecting /.test(line)) done.modulesDownloaded++;
    if (/^Installing collected packages: /.test(line)) done.packagesCompiled = line.split(", ").length;
  }
  const result = await work;
  return result.failed ? lastLines((result.all ?? "").split("\n"), result.shortMessage) : undefined;
}

// Programs that pip makes name their interpreter's folder, and a build is moved when it is done.
async function writeLauncher(file: string, name: string): Promise<void> {
  const text = `#!/bin/sh\nexec "$(dirname "$0")/${INTERPRETER}" -I -m ${name}.main "$@"\n`;
  await writeFile(file, text);
  await chmod(file, 0o755);
}

// Where pip puts things is ours to say; from where it takes them, and through which proxy, is the user's.
function pythonEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PIP_TARGET, PIP_PREFIX, PIP_ROOT, PIP_USER, PIP_CONSTRAINT, PIP_REQUIREMENT, ...rest } = env;
  return rest;
}
