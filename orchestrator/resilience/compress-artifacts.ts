import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, type Stats } from "node:fs";
import { lstat, open, readdir, rename, rm, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import type { RecordEvent } from "../domain/event.ts";

/** What is compressed: files whose last change is older than that, by the clock that the folder's times are of. */
export interface Compression {
  folder: string;
  olderThanSeconds: number;
  /** Milliseconds since 1970. */
  now: number;
  record: RecordEvent;
  signal?: AbortSignal;
}

/** How much one run compressed, and how old the oldest file is that is still to be compressed; 0 when there is none. */
export interface Compressed {
  files: number;
  bytesBefore: number;
  bytesAfter: number;
  oldestUncompressedSeconds: number;
}

/** How old the oldest file of a folder is that is not compressed, in seconds before `now`; 0 where there is none. */
export async function oldestUncompressed(folder: string, now: number): Promise<number> {
  const ages = (await filesIn(folder)).map(async (path) => {
    if (path.endsWith(DONE) || path.endsWith(UNFINISHED)) return 0;
    const stat = await lstat(path).catch(() => undefined);
    return stat ? (now - stat.mtimeMs) / 1000 : 0;
  });
  return (await Promise.all(ages)).reduce((oldest, age) => Math.max(oldest, age), 0);
}

const DONE = ".gz";
const UNFINISHED = ".gz.partial";

/**
 * Compresses old artifacts: FILE becomes FILE.gz with the same time and mode. FILE.gz appears whole, on the disk, before FILE goes: whenever
 * the power fails, each artifact is there in one form or in both, and the next run finishes the work. What changes meanwhile is left for the
 * next run; links are left alone. One run at a time in a folder.
 */
export async function compressArtifacts(compression: Compression): Promise<Compressed> {
  const { folder, olderThanSeconds, now, record, signal } = compression;
  const totals: Compressed = { files: 0, bytesBefore: 0, bytesAfter: 0, oldestUncompressedSeconds: 0 };
  for (const path of await filesIn(folder)) {
    signal?.throwIfAborted();
    if (path.endsWith(UNFINISHED)) await rm(path, { force: true });
    if (path.endsWith(UNFINISHED) || path.endsWith(DONE)) continue;
    const before = await lstat(path).catch(() => undefined);
    if (!before?.isFile()) continue;
    const age = (now - before.mtimeMs) / 1000;
    const sizes = age > olderThanSeconds ? await compressed(path, before, signal) : undefined;
    if (sizes) {
      totals.files += 1;
      totals.bytesBefore += sizes.before;
      totals.bytesAfter += sizes.after;
    } else totals.oldestUncompressedSeconds = Math.max(totals.oldestUncompressedSeconds, age);
  }
  const { files, bytesBefore, bytesAfter } = totals;
  if (files > 0) record({ type: "artifacts.compressed", files, bytesBefore, bytesAfter });
  return totals;
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Sizes before and after; nothing when the file changed meanwhile, so that the next run has to do it. */
async function compressed(path: string, before: Stats, signal?: AbortSignal) {
  const partial = `${path}${UNFINISHED}`;
  const { done, isDone } = await resultOf(path);
  if (!isDone) {
    const stream = createWriteStream(partial, { mode: before.mode });
    await pipeline(createReadStream(path), createGzip(), stream, { signal });
    await utimes(partial, before.atime, before.mtime);
    await synced(partial);
    if (await hasChanged(path, before)) {
      await rm(partial, { force: true });
      return undefined;
    }
    await rename(partial, done);
    await synced(dirname(path));
  }
  if (await hasChanged(path, before)) return undefined;
  await rm(path);
  return { before: before.size, after: (await lstat(done)).size };
}

/**
 * Where the compressed file goes: FILE.gz, or FILE.2.gz, … where that is something else's. It is there already where a run was
 * interrupted after it had named the result.
 */
async function resultOf(path: string): Promise<{ done: string; isDone: boolean }> {
  for (let i = 1; ; i++) {
    const done = i === 1 ? `${path}${DONE}` : `${path}.${i}${DONE}`;
    const there = await lstat(done).catch(() => undefined);
    if (!there) return { done, isDone: false };
    if (there.isFile() && (await holdsSame(done, path))) return { done, isDone: true };
  }
}

async function holdsSame(zipped: string, path: string): Promise<boolean> {
  const [one, other] = [createHash("sha256"), createHash("sha256")];
  try {
    await pipeline(createReadStream(zipped), createGunzip(), one);
  } catch {
    return false;
  }
  await pipeline(createReadStream(path), other);
  return one.digest("hex") === other.digest("hex");
}

async function hasChanged(path: string, before: Stats): Promise<boolean> {
  const after = await lstat(path).catch(() => undefined);
  return after?.size !== before.size || after.mtimeMs !== before.mtimeMs || after.ino !== before.ino;
}

async function synced(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
