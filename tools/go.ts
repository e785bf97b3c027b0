import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { packageFile } from "../package-root.ts";
import type { BuildPin } from "./builds.ts";
import { findOnPath } from "./find.ts";
import { type BuildRun, type BuildTrouble, buildTimeoutMs, lastLines, type Toolchain } from "./toolchain.ts";

/** The Go on the PATH, asked in the pin's module folder, so that it may switch to the version named there. */
export async function goToolchain(pin: BuildPin, env: NodeJS.ProcessEnv): Promise<Toolchain | BuildTrouble> {
  const folder = packageFile(pin.folder);
  const minimum = /^go (\S+)/m.exec(await readFile(join(folder, "go.mod"), "utf8"))?.[1] ?? "1.24";
  const fix = goFix(minimum);
  const [path] = await findOnPath("go", env);
  if (!path) {
    return { found: false, message: "cannot be built, because Go is not on the PATH", fix };
  }
  const asked = await execa(path, ["env", "GOVERSION"], {
    ...{ cwd: folder, env: goEnv(env), extendEnv: false, stdin: "ignore", reject: false, timeout: 120_000 },
  });
  if (asked.failed) {
    return { found: true, message: `cannot be built: ${saidBy(asked)}`, fix };
  }
  return { path, version: asked.stdout.trim() };
}

/** Downloads the modules of a pin while another is compiled; what goes wrong here, the build itself reports. */
export async function fetchModules(pin: BuildPin, env: NodeJS.ProcessEnv): Promise<void> {
  if (pin.language === "python") return;
  const go = await goToolchain(pin, env);
  if ("message" in go) return;
  // Unlike `go mod download`, this fetches only what the packages need.
  await execa(go.path, ["list", "-deps", `-tags=${pin.tags.join(",")}`, ...pin.packages], {
    ...{ cwd: packageFile(pin.folder), env: goEnv(env), extendEnv: false },
    ...{ stdin: "ignore", stdout: "ignore", stderr: "ignore", reject: false, timeout: buildTimeoutMs },
  });
}

function goFix(minimum: string): string {
  return `install Go ${minimum} or newer and put it on the PATH`;
}

/** Compiles a pin's packages into a folder, counting in `done` what Go reports while it works. */
export async function compile(pin: BuildPin, run: BuildRun): Promise<BuildTrouble | undefined> {
  const variables = Object.entries(pin.variables).map(([name, value]) => `-X ${name}=${value}`);
  const ldflags = ["-s", "-w", ...variables].join(" ");
  // Debug information would be thrown away by the linker (-s -w): without it the compiler takes a tenth less.
  const args = ["build", "-v", `-tags=${pin.tags.join(",")}`, "-gcflags=all=-dwarf=false"];
  const build = execa(
    run.toolchain.path,
    [...args, `-ldflags=${ldflags}`, "-o", `${run.into}/`, ...pin.packages],
    {
      ...{ cwd: packageFile(pin.folder), env: goEnv(run.env), extendEnv: false },
      ...{ stdin: "ignore", reject: false, timeout: buildTimeoutMs, forceKillAfterDelay: 5_000 },
    },
  );
  for await (const line of build.iterable({ from: "stderr" })) {
    if (line.startsWith("go: downloading ")) run.done.modulesDownloaded++;
    else run.done.packagesCompiled++;
  }
  const result = await build;
  if (!result.failed) return undefined;
  const said = saidBy(result);
  return {
    found: true,
    message: `building ${pin.module.path}@${pin.module.version} failed: ${said}`,
    fix: fixFor(said),
  };
}

/** What a person can do about Go's most frequent troubles; anything else is not theirs to mend. */
function fixFor(said: string): string {
  const goNeeded = /requires go >= (\S+)/.exec(said)?.[1] ?? /download go(\d\S*)/.exec(said)?.[1];
  if (goNeeded) return goFix(goNeeded);
  if (/no space left/.test(said)) return "free disk space (modules and compiled packages take up to 10 GB)";
  if (/signal: killed|cannot allocate memory/.test(said)) return "free memory (Go needs up to 2.5 GB)";
  if (/GOPROXY|dial tcp|lookup|timeout|proxy|reading http|40[34] /i.test(said)) {
    return "give Go access to a module proxy (`go env GOPROXY`)";
  }
  if (/checksum mismatch|SECURITY ERROR/.test(said))
    return "do not use what was downloaded; ask who runs the module proxy";
  return "read what Go said, mend it";
}

/** The caller's environment, without what would build something else than the pin says. */
function goEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { GOOS, GOARCH, GOEXPERIMENT, ...rest } = env;
  return {
    // A lazier garbage collector makes the compiler a third quicker, and with the limit no process gets much bigger
    // than the largest does anyway (1 GB).
    GOGC: "1000",
    GOMEMLIMIT: "1536MiB",
    ...rest,
    CGO_ENABLED: "0",
    GOFLAGS: "-trimpath -mod=readonly -buildvcs=false",
    GOWORK: "off",
  };
}

/** What Go said at the end, without its progress (a package's path or a download in each line). */
function saidBy(ended: { stderr: string; shortMessage?: string | undefined }): string {
  const lines = ended.stderr.split("\n");
  return lastLines(
    lines.filter((line) => line.includes(" ") && !line.startsWith("go: downloading ")),
    ended.shortMessage,
  );
}
