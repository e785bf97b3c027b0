import { commitOf, runGit } from "../../programs/git.ts";
import type { Changes } from "./formats/changes.ts";

/** How far back a file's history tells something of how much it is worked on. */
const HISTORY_DAYS = 90;

// A change brings its own .gitattributes, and whoever judges it their own settings: neither may say what counts as a line. `--numstat` heeds
// attributes even with `--text`; patches do not.
const plainly = [
  ...["--no-renames", "--text", "--no-ext-diff", "--no-textconv", "--no-color", "--no-relative"],
  ...["--ignore-submodules=none", "--submodule=short", "--diff-algorithm=myers", "-O/dev/null"],
];

/**
 * What HEAD changes since it left a revision, file by file, and how many commits changed each in the 90 days before. Every file counts
 * its lines, whatever .gitattributes say of it. Says in words why not, where Git cannot tell.
 */
export async function changesSince(folder: string, revision: string): Promise<Changes | string> {
  const options = { cwd: folder, limitSeconds: 60 };
  const git = async (...args: string[]) => {
    const { stdout, ok } = await runGit(args, { ...options, isExact: true });
    return ok ? stdout : undefined;
  };
  if ((await git("rev-parse", "--is-shallow-repository"))?.trim() === "true")
    return "this clone lacks a part of the history, which tells how much files are worked on: run `git fetch --unshallow` first (fetch-depth: 0 for actions/checkout)";
  const [named, head] = [await commitOf(revision, folder), await commitOf("HEAD", folder)];
  if (!named || !head) return `there is no revision "${named ? "HEAD" : revision}" here`;
  const base = (await git("merge-base", named, head))?.trim();
  const dates = (await git("show", "--no-patch", "--format=%cI", base ?? named, head))?.trim().split("\n");
  if (!base || !dates) return `"${revision}" and HEAD have no common history`;
  const [since, at] = [new Date(dates[0] ?? ""), new Date(dates.at(-1) ?? "")];
  const from = new Date(since.getTime() - HISTORY_DAYS * 86_400_000).toISOString();
  const paths = await git("diff", ...plainly, "--name-only", "-z", base, head);
  const sizes = await sizesOf(folder, { base, head });
  const before = await git("log", `--since=${from}`, "--name-only", "--format=", "-z", base);
  if (paths === undefined || sizes === undefined || before === undefined) return "Git did not answer in time";
  if (paths.split("\0").length - 1 !== sizes.length) return "Git lists other files than it shows";
  const changed = new Map<string, number>();
  for (const path of before.split("\0")) changed.set(path, (changed.get(path) ?? 0) + 1);
  const files = paths.split("\0").flatMap((path, i): Changes["files"] => {
    const size = sizes[i];
    return path === "" || !size ? [] : [{ path, ...size, earlierChanges: changed.get(path) ?? 0 }];
  });
  return { version: 1, base, head, at: at.toISOString(), files };
}

interface Size {
  added: number;
  deleted: number;
}

/** How many lines a patch without context adds to and deletes from each file, in its order: what its hunks say of themselves. */
async function sizesOf(
  folder: string,
  { base, head }: { base: string; head: string },
): Promise<Size[] | undefined> {
  const sizes: Size[] = [];
  let file = "";
  const onLine = (line: string) => {
    // Lines of files begin with +, - or a backslash.
    if (line.startsWith("diff --git ")) {
      // A file that became a link is deleted and added: twice the same name.
      if (line !== file) sizes.push({ added: 0, deleted: 0 });
      file = line;
    }
    const [hunk, deleted = "1", added = "1"] = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line) ?? [];
    const size = sizes.at(-1);
    if (hunk === undefined || !size) return;
    size.added += Number(added);
    size.deleted += Number(deleted);
  };
  const args = ["diff", ...plainly, "--unified=0", "--inter-hunk-context=0", base, head];
  const listened = { onLine, linesOf: "stdout" as const, keepsNothing: true };
  const { ok } = await runGit(args, { cwd: folder, limitSeconds: 60, ...listened });
  return ok ? sizes : undefined;
}
