import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Problem } from "../../problems/problem.ts";
import type { Bundle } from "./bundle.ts";
import { withoutByteOrderMark } from "./text-lines.ts";
import { digest, isUnchanged, type Watched, watchResolution } from "./watched-files.ts";

/** A bundle that has been written and can be run. */
export interface StoredBundle {
  folder: string;
  /** The file in `folder` that each platform begins with, by the platform's source file. */
  entries: Record<string, string>;
  inputs: Map<string, StoredInput>;
  problems: Problem[];
}

/** A file of the catalog as it was bundled. */
export interface StoredInput {
  text: string;
  imports: Record<string, string>;
  engine: boolean;
}

interface CacheRecord {
  folder: string;
  entries: Record<string, string>;
  files: Record<string, string>;
  inputs: Record<string, { digest: string; imports: Record<string, string>; engine: boolean }>;
  watched: Watched;
  problems: Problem[];
}

/** Where bundles of a project are kept, and the key of all that is not a file of the project: versions and options. */
export interface CacheOptions {
  root: string;
  cacheDir: string;
  key: string;
}

const DAY = 24 * 60 * 60 * 1000;

/** The bundle made before, if every file that went into it, and what it was written to, is unchanged. */
export async function findBundle({ root, cacheDir, key }: CacheOptions): Promise<StoredBundle | undefined> {
  const recordFile = path.join(cacheDir, `${key}.json`);
  const record = await readRecord(recordFile);
  if (!record || !(await isUnchanged(record.watched))) return undefined;
  const folder = path.join(cacheDir, record.folder);
  const inputs = await readInputs(root, record);
  if (!inputs || !(await isIntact(folder, record.files))) return undefined;
  await markUsed(folder, recordFile);
  return { folder, entries: record.entries, inputs, problems: record.problems };
}

/** Writes a bundle so that it can be run. Two processes may do so at once; neither sees half of one. */
export async function writeBundle(bundle: Bundle, cacheDir: string): Promise<string> {
  const files = digests(bundle.files);
  const folder = path.join(cacheDir, digest(JSON.stringify(Object.entries(files).sort())).slice(0, 32));
  await mkdir(cacheDir, { recursive: true });
  if (!(await isIntact(folder, files))) await putFolder(folder, bundle.files);
  await markUsed(folder);
  await removeOld(cacheDir);
  return folder;
}

/** Lets `findBundle` find a bundle that was written, until something changes that it was made of. */
export async function rememberBundle(
  folder: string,
  bundle: Bundle & { problems: Problem[] },
  options: CacheOptions,
) {
  const record: CacheRecord = {
    folder: path.basename(folder),
    entries: bundle.entries,
    files: digests(bundle.files),
    inputs: Object.fromEntries(
      [...bundle.inputs].map(([file, { text, imports, engine }]) => [
        file,
        { digest: digest(text), imports, engine },
      ]),
    ),
    watched: await watchResolution(options.root, bundle.inputs),
    problems: bundle.problems,
  };
  await putFile(path.join(options.cacheDir, `${options.key}.json`), sealed(record));
}

function digests(files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([file, text]) => [file, digest(text)]));
}

async function readRecord(file: string): Promise<CacheRecord | undefined> {
  const text = await readFile(file, "utf8").catch(() => "");
  const seal = text.slice(0, text.indexOf("\n"));
  const body = text.slice(seal.length + 1);
  return seal === digest(body) ? (JSON.parse(body) as CacheRecord) : undefined;
}

// A record that was cut off or edited is no record: its first line is the digest of the rest.
function sealed(record: CacheRecord): string {
  const body = JSON.stringify(record);
  return `${digest(body)}\n${body}`;
}

async function readInputs(root: string, record: CacheRecord): Promise<Map<string, StoredInput> | undefined> {
  const read = await Promise.all(
    Object.entries(record.inputs).map(async ([file, { digest: known, imports, engine }]) => {
      const text = await readFile(path.join(root, file), "utf8").then(withoutByteOrderMark, () => undefined);
      return text !== undefined && digest(text) === known
        ? ([file, { text, imports, engine }] as const)
        : undefined;
    }),
  );
  return read.every((input) => input !== undefined) ? new Map(read) : undefined;
}

async function isIntact(folder: string, files: Record<string, string>): Promise<boolean> {
  const checked = await Promise.all(
    Object.entries(files).map(async ([file, known]) => {
      const text = await readFile(path.join(folder, file), "utf8").catch(() => undefined);
      return text !== undefined && digest(text) === known;
    }),
  );
  return checked.every(Boolean);
}

// Written beside and renamed: whoever looks sees all of it or nothing. A folder that is there already is either
// another process's equal one or a damaged one; both give way.
async function putFolder(folder: string, files: Record<string, string>): Promise<void> {
  const draft = `${folder}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await mkdir(draft, { recursive: true });
  await Promise.all(Object.entries(files).map(([file, text]) => writeFile(path.join(draft, file), text)));
  for (let attempt = 0; attempt < 5; attempt++) {
    const renamed = await rename(draft, folder).then(
      () => true,
      () => false,
    );
    if (renamed) return;
    if (await isIntact(folder, digests(files))) break;
    await rename(folder, `${draft}.damaged`).catch(() => undefined);
    await rm(`${draft}.damaged`, { recursive: true, force: true });
  }
  await rm(draft, { recursive: true, force: true });
}

async function putFile(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(draft, text);
  await rename(draft, file);
}

async function markUsed(...files: string[]): Promise<void> {
  const now = new Date();
  await Promise.all(files.map((file) => utimes(file, now, now).catch(() => undefined)));
}

// What nobody used for a day, also drafts of processes that were killed.
async function removeOld(cacheDir: string): Promise<void> {
  for (const name of await readdir(cacheDir)) {
    const file = path.join(cacheDir, name);
    const used = await stat(file).then(
      (s) => s.mtimeMs,
      () => Date.now(),
    );
    if (Date.now() - used > DAY && /^[0-9a-f]{32}/.test(name))
      await rm(file, { recursive: true, force: true });
  }
}
