import { link, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Problem, ProblemsError } from "../../../problems/problem.ts";
import { syncFolder } from "../../ledger/sync-folder.ts";

/** A file that only the newest of its writers changes. */
export interface FencedFile {
  path: string;
  /** Folder of the drafts, on the same file system; nothing else may be in it. */
  drafts: string;
  /** The token in a text of the file; absent where it has none. */
  tokenIn: (text: string) => number | undefined;
}

/**
 * Writes the file, or removes it where `text` is absent, once and for all: afterwards it is there whole, also after a loss of power. Throws a
 * ProblemsError, and changes nothing, where somebody with a greater token has written it.
 *
 * A writer that was stopped for hours between looking and writing must not win when it goes on. So each renames a draft that bears its token, and
 * a newer one removes the drafts of all older ones before it writes: what a writer that sleeps would rename is gone. One that makes its draft only
 * after that finds the newer one's draft, or its file. Needs no lock, which a sleeper would hold.
 */
export async function writeFenced(
  file: FencedFile,
  { text, token, at }: { text: string | undefined; token: number; at: (moment: string) => Promise<void> },
): Promise<void> {
  const draft = join(file.drafts, `${basename(file.path)}.${token}`);
  try {
    await mkdir(file.drafts, { recursive: true });
    await mkdir(dirname(file.path), { recursive: true });
    await writeFile(draft, text ?? "", { mode: 0o644, flush: true });
    await at("draft");
    await fence(file, token);
    await at("fenced");
    if (text === undefined) await remove(file, token);
    else await rename(draft, file.path);
    await syncFolder(dirname(file.path));
  } catch (error) {
    throw told(error, file);
  }
}

/** Removes the drafts of older writers; throws where a newer one has been here. */
async function fence(file: FencedFile, token: number): Promise<void> {
  const begin = `${basename(file.path)}.`;
  for (const name of await readdir(file.drafts)) {
    if (!name.startsWith(begin)) continue;
    const other = Number(name.slice(begin.length));
    if (other > token) throw stale(file, { token, other });
    if (other < token) await rm(join(file.drafts, name), { force: true });
  }
  const text = await readFile(file.path, "utf8").catch(() => undefined);
  const other = text === undefined ? undefined : file.tokenIn(text);
  if (other !== undefined && other > token) throw stale(file, { token, other });
}

/**
 * Takes the file away. No draft is renamed here whose absence would tell a writer that has slept, so it looks at what it took: what a newer one has
 * written meanwhile is put back, unless another newer one has written by then. The draft stays, and tells older writers.
 */
async function remove(file: FencedFile, token: number): Promise<void> {
  const taken = join(file.drafts, `taken-away.${token}`);
  const was = await rename(file.path, taken).then(() => readFile(taken, "utf8"), ignoreAbsent);
  const other = was === undefined ? undefined : file.tokenIn(was);
  const isNewer = other !== undefined && other > token;
  if (isNewer)
    await link(taken, file.path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  await syncFolder(dirname(file.path));
  await rm(taken, { force: true });
  if (isNewer) throw stale(file, { token, other });
}

function ignoreAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

/** Why a stale writer is refused, in the words that an older token is refused with everywhere. */
export function stale(
  { path }: Pick<FencedFile, "path">,
  { token, other }: { token: number; other: number },
): ProblemsError {
  return refused(
    `${path} was written under the ledger's record ${other}, and this is still the promotion of record ${token}`,
    { rule: "promotion/taken-over", fix: "somebody else has gone on with it: see fairlead history" },
  );
}

function told(error: unknown, { path }: FencedFile): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT")
    return refused(`${path} is being written by somebody who has taken the promotion over`, {
      rule: "promotion/taken-over",
      fix: "see what became of it: fairlead history",
    });
  if (code === undefined || error instanceof ProblemsError) return error;
  const why: Record<string, string> = {
    ENOSPC: "the disk is full",
    EFBIG: "files may not become that large",
    EDQUOT: "the quota is used up",
    EROFS: "the disk can only be read",
    EACCES: "it may not be written",
    EPERM: "it may not be written",
  };
  return refused(`${path} could not be written: ${why[code] ?? code}`, {
    rule: "promotion/unwritable",
    fix: "make room or give the right to write, then go on with --resume, or take it back with --abort",
  });
}

function refused(message: string, { rule, fix }: Pick<Problem, "rule" | "fix">): ProblemsError {
  return new ProblemsError([{ rule, severity: "error", message, ...(fix && { fix }) }]);
}
