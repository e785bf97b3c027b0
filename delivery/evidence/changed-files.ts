import { execa } from "execa";
import type { Changes } from "./formats/changes.ts";

/** How far back a file's history tells something of how much it is worked on. */
const HISTORY_DAYS = 90;

// A change brings its own .gitattributes, and whoever judges it their own settings: neither may say what counts as lines.
const plainDiff = [
  ...["diff", "--numstat", "-z", "--no-renames", "--text", "--no-ext-diff", "--no-textconv"],
  ...["--ignore-submodules=none", "--diff-algorithm=myers", "--no-relative"],
];

/**
 * What HEAD changes since it left a revision, file by file, and how many commits changed each in the 90 days before. Every file counts
 * its lines, whatever .gitattributes say of it. Says in words why not, where Git cannot tell.
 */
export async function changesSince(folder: string, revision: string): Promise<Changes | string> {
  const git = async (...args: string[]) => {
    const { stdout, exitCode } = await execa("git", args, {
      ...{ cwd: folder, reject: false, stdin: "ignore", timeout: 60_000, stripFinalNewline: false },
    });
    return exitCode === 0 ? stdout : undefined;
  };
  const nameOf = async (one: string) =>
    (await git("rev-parse", "--verify", "--quiet", "--end-of-options", `${one}^{commit}`))?.trim();
  if ((await git("rev-parse", "--is-shallow-repository"))?.trim() === "true")
    return "this clone lacks a part of the history, which tells how much files are worked on: run `git fetch --unshallow` first (fetch-depth: 0 for actions/checkout)";
  const [named, head] = [await nameOf(revision), await nameOf("HEAD")];
  if (!named || !head) return `there is no revision "${named ? "HEAD" : revision}" here`;
  const base = (await git("merge-base", named, head))?.trim();
  const dates = (await git("show", "--no-patch", "--format=%cI", base ?? named, head))?.trim().split("\n");
  if (!base || !dates) return `"${revision}" and HEAD have no common history`;
  const [since, at] = [new Date(dates[0] ?? ""), new Date(dates.at(-1) ?? "")];
  const from = new Date(since.getTime() - HISTORY_DAYS * 86_400_000).toISOString();
  const differences = await git(...plainDiff, base, head);
  const before = await git("log", `--since=${from}`, "--name-only", "--format=", "-z", base);
  if (differences === undefined || before === undefined) return "Git did not answer in time";
  const changed = new Map<string, number>();
  for (const path of before.split("\0")) changed.set(path, (changed.get(path) ?? 0) + 1);
  return { version: 1, base, head, at: at.toISOString(), files: filesOf(differences, changed) };
}

function filesOf(numstat: string, changed: ReadonlyMap<string, number>): Changes["files"] {
  return numstat
    .split("\0")
    .filter((line) => line !== "")
    .map((line) => {
      const [added = "-", deleted = "-", ...path] = line.split("\t");
      const lines = (text: string) => (text === "-" ? 0 : Number(text));
      const name = path.join("\t");
      return {
        path: name,
        added: lines(added),
        deleted: lines(deleted),
        earlierChanges: changed.get(name) ?? 0,
      };
    });
}
