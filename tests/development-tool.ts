import { join } from "node:path";
import { buildPinned } from "../tools/build.ts";
import { findCachedBuild } from "../tools/cache.ts";

/** What Fairlead is compared with, or checked by, and the build that makes it. */
const builtBy = {
  sloth: "sloth",
  oslo: "sloth",
  opa: "opa",
  actionlint: "actionlint",
  "rollouts-controller": "argo-rollouts",
  gofakes3: "gofakes3",
  "verify-attestation": "attestation",
} as const;

/** The path of such a tool as pinned, built on first need (up to six minutes) into the cache of tools. */
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

function report(build: string, { step, elapsedSeconds }: { step: string; elapsedSeconds: number }): void {
  if (step === "start" || step === "done" || Math.round(elapsedSeconds) % 15 === 0)
    process.stderr.write(`${build}: ${step}, ${Math.round(elapsedSeconds)} s\n`);
}
