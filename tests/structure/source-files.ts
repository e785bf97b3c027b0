import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The checkout's root. */
export const rootFolder = fileURLToPath(new URL("../..", import.meta.url));

/** Folders that make files out of the model. */
export const generators = [
  "alerts",
  "compose",
  "dashboards",
  "runbooks",
  "flags",
  "load-tests",
  "policies",
  "stacks",
  "requirements",
];

/** Every TypeScript source of the project that is or will be in Git, from its root. */
export async function sourceFiles(): Promise<string[]> {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts"], {
    cwd: rootFolder,
    encoding: "utf8",
  });
  return [...new Set(listed.trim().split("\n"))].sort();
}
