import { join } from "node:path";
import { buildPinned } from "../tools/build.ts";
import { findCachedBuild } from "../tools/cache.ts";

/** The path of Sloth 0.16, or of oslo, built on first need (two minutes) into the cache of tools. */
export async function developmentTool(name: "sloth" | "oslo"): Promise<string> {
  const trouble =
    (await findCachedBuild("sloth")) === undefined
      ? await buildPinned("sloth", { env: process.env, onStatus: report })
      : undefined;
  const built = await findCachedBuild("sloth");
  if (!built) throw new Error(trouble ? `${trouble.message}; ${trouble.fix}` : "Sloth was not built");
  return join(built.folder, name);
}

function report({ step, elapsedSeconds }: { step: string; elapsedSeconds: number }): void {
  if (step === "start" || step === "done" || Math.round(elapsedSeconds) % 15 === 0)
    process.stderr.write(`Sloth: ${step}, ${Math.round(elapsedSeconds)} s\n`);
}
