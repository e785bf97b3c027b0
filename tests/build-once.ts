import { execFileSync } from "node:child_process";
import { rootFolder } from "./structure/source-files.ts";

/** Builds the package before any test: those that run it must not take dist/ away from each other. */
export default function buildOnce(): void {
  execFileSync(process.execPath, ["build.mjs", "--types"], { cwd: rootFolder, stdio: "inherit" });
}
