import { type BuildStatus, buildPinned } from "./build.ts";
import { type BuildName, builds } from "./builds.ts";
import type { ToolOptions } from "./cache.ts";
import { type AbsentTool, type FoundTool, findTool } from "./find.ts";
import { fetchModules } from "./go.ts";
import { type MissingTool, ToolMissingError } from "./missing.ts";
import { type ToolName, tools } from "./pins.ts";
import type { BuildTrouble } from "./toolchain.ts";

/** How far an installation is; sent about once a second. */
export interface InstallProgress extends BuildStatus {
  build: BuildName;
  version: string;
  /** This build's place among those that are needed, from 1. */
  position: number;
  total: number;
  /** What such a build took once, cold, with 2 cores. */
  expectedSeconds: number;
}

/** How an installation is done; `onProgress` is its only output. */
export interface InstallOptions extends ToolOptions {
  onProgress?: (progress: InstallProgress) => void;
}

/** One plain line that says what is being built and for how long. */
export function progressLine(progress: InstallProgress): string {
  const { build, version, position, total, step } = progress;
  const doing = {
    start: "starting",
    download: `downloading modules, ${progress.modulesDownloaded} so far`,
    compile:
      builds[build].language === "python"
        ? `installing ${progress.packagesCompiled} packages`
        : `compiling, ${progress.packagesCompiled} packages so far`,
    done: "built",
  }[step];
  const usual = step === "done" ? "" : `, usually ${progress.expectedSeconds} s on 2 cores`;
  return `${build} ${version} (${position} of ${total}): ${doing}, ${Math.round(progress.elapsedSeconds)} s${usual}`;
}

/**
 * Makes every named tool available, building what is neither on the PATH nor in the cache, one after the
 * other, while the next one's modules are downloaded. What cannot be had is reported in one ToolMissingError,
 * after all the others have been built.
 */
export async function installTools(
  names: readonly ToolName[],
  options: InstallOptions = {},
): Promise<FoundTool[]> {
  const env = options.env ?? process.env;
  const absent = (await findAll(names, env)).filter((tool) => tool.where === "missing");
  const needed = [...new Set(absent.flatMap((tool) => tools[tool.name].build ?? []))];
  const troubles = new Map<BuildName, BuildTrouble>();
  for (const [index, build] of needed.entries()) {
    const { version, coldSeconds } = builds[build];
    const about = { build, version, position: index + 1, total: needed.length, expectedSeconds: coldSeconds };
    const onStatus = (status: BuildStatus) => options.onProgress?.({ ...about, ...status });
    const next = needed[index + 1];
    const fetchedAhead = next && fetchModules(builds[next], env);
    const trouble = await buildPinned(build, { env, onStatus });
    if (trouble) troubles.set(build, trouble);
    await fetchedAhead;
  }
  const after = await findAll(names, env);
  const missing = after.filter((tool) => tool.where === "missing");
  if (missing.length > 0) throw new ToolMissingError(missing.map((tool) => explain(tool, troubles)));
  return after.filter((tool) => tool.where !== "missing");
}

function findAll(names: readonly ToolName[], env: NodeJS.ProcessEnv) {
  return Promise.all(names.map((name) => findTool(name, { env })));
}

/** Adds to why a tool was not found why it could not be built either. */
function explain(tool: AbsentTool, troubles: ReadonlyMap<BuildName, BuildTrouble>): MissingTool {
  const pin = tools[tool.name];
  const trouble = pin.build && troubles.get(pin.build);
  if (!trouble) return tool;
  return {
    name: tool.name,
    rule: trouble.found ? "tool/build-failed" : tool.rule,
    tried: [...tool.tried, trouble.message],
    fix: `${trouble.fix}, then run \`fairlead tools install ${tool.name}\`; or ${pin.hint}`,
  };
}
