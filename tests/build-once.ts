import { execFileSync } from "node:child_process";
import { developmentTool } from "./development-tool.ts";
import { rootFolder } from "./structure/source-files.ts";

/**
 * Builds the package before any test: those that run it must not take dist/ away from each other. Likewise what Fairlead is
 * compared with, which takes longer than a test may: where it cannot be built, the tests that need it say why.
 */
export default async function buildOnce(): Promise<void> {
  execFileSync(process.execPath, ["build.mjs", "--types"], { cwd: rootFolder, stdio: "inherit" });
  for (const name of ["sloth", "actionlint", "rollouts-controller"] as const)
    await developmentTool(name).catch((error: Error) => process.stderr.write(`${error.message}\n`));
}
