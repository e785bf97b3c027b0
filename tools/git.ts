import { execa } from "execa";
import semver from "semver";
import { ToolMissingError } from "./missing.ts";

/** The first one that merges without files: `git merge-tree --write-tree` (Git's release notes of 2.38). */
const LEAST = "2.38.0";

/** Throws a ToolMissingError unless there is a Git on the PATH that is new enough to merge without a working tree. */
export async function requireGit(): Promise<void> {
  const { stdout, exitCode } = await execa("git", ["version"], {
    reject: false,
    stdin: "ignore",
    timeout: 30_000,
  });
  const version = semver.coerce(exitCode === 0 ? stdout : undefined);
  if (version && semver.gte(version, LEAST)) return;
  const fix = `install Git ${LEAST} or newer and put it on the PATH`;
  const [rule, tried] = version
    ? (["tool/version-not-accepted", `on the PATH is ${version}, needed is ${LEAST} or newer`] as const)
    : (["tool/missing", "it is not on the PATH"] as const);
  throw new ToolMissingError([{ name: "git", rule, tried: [tried], fix }]);
}
