import { join } from "node:path";
import { buildPinned } from "../tools/build.ts";
import { findCachedBuild } from "../tools/cache.ts";

/** Tools that only tests run, and the build that each comes from. */
const builtBy = { sloth: "sloth", oslo: "sloth", actionlint: "actionlint" } as const;

/** The path of a tool that only tests run, built on first need (Sloth and oslo take two minutes) into the cache of tools. */
export async function developmentTool(name: keyof typeof builtBy): Promise<string> {
  const build = builtBy[name];
  const trouble =
    (await findCachedBuild(build)) === undefined
      ? await buildPinned(build, { env: process.env, onStatus: (status) => report(build, status) })
      : undefined;
  const built = await findCachedBuild(build);
  if (!built) throw new Error(trouble ? `${trouble.message}; ${trouble.fix}` : `${build} was not built`);
  return join(built.folder, name);
}

function report(name: string, { step, elapsedSeconds }: { step: string; elapsedSeconds: number }): void {
  if (step === "start" || step === "done" || Math.round(elapsedSeconds) % 15 === 0)
    process.stderr.write(`${name}: ${step}, ${Math.round(elapsedSeconds)} s\n`);
}
