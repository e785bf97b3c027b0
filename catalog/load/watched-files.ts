import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { BundleInput } from "./bundle.ts";
import { isRelative } from "./resolve-imports.ts";
import { readTsconfig } from "./tsconfig-files.ts";

/**
 * What decided how a catalog's imports were resolved, beside the files it consists of: settings, and every folder
 * that an import looked into, since a new file there may be found first. Digests; null for what does not exist.
 */
export interface Watched {
  settings: Record<string, string | null>;
  folders: Record<string, string | null>;
}

/** SHA-256 of a text, in hexadecimal. */
export function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Notes the present state of all that decided how `inputs` were resolved. */
export async function watchResolution(
  root: string,
  inputs: ReadonlyMap<string, BundleInput>,
): Promise<Watched> {
  const settings = new Map<string, string | undefined>();
  const folders = new Set<string>();
  for (const [file, { imports }] of inputs) {
    const absolute = path.resolve(root, file);
    await addNearest(absolute, "package.json", settings);
    const tsconfig = await addNearest(absolute, "tsconfig.json", settings);
    const chain = tsconfig === undefined ? [] : await addExtended(tsconfig, settings);
    for (const specifier of Object.keys(imports)) {
      const targets = isRelative(specifier)
        ? [path.resolve(path.dirname(absolute), specifier)]
        : chain.flatMap((config) => config.candidates(specifier));
      for (const target of targets) folders.add(target).add(path.dirname(target));
    }
  }
  return {
    settings: Object.fromEntries(
      [...settings].map(([file, text]) => [file, text === undefined ? null : digest(text)]),
    ),
    folders: await listings([...folders]),
  };
}

/** True while nothing has changed of what `watchResolution` noted. */
export async function isUnchanged({ settings, folders }: Watched): Promise<boolean> {
  const texts = await Promise.all(Object.keys(settings).map(readIfThere));
  const same = Object.values(settings).every((known, i) => {
    const text = texts[i];
    return known === (text === undefined ? null : digest(text));
  });
  if (!same) return false;
  const now = await listings(Object.keys(folders));
  return Object.entries(folders).every(([folder, known]) => now[folder] === known);
}

// esbuild takes the nearest one upwards: those that are not there are noted too, since they would be nearer.
async function addNearest(
  file: string,
  name: string,
  settings: Map<string, string | undefined>,
): Promise<string | undefined> {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, name);
    if (!settings.has(candidate)) settings.set(candidate, await readIfThere(candidate));
    if (settings.get(candidate) !== undefined) return candidate;
    if (folder === path.dirname(folder)) return undefined;
  }
}

async function addExtended(file: string, settings: Map<string, string | undefined>) {
  const chain: ReturnType<typeof readTsconfig>[] = [];
  const queue = [file];
  for (const next of queue) {
    if (!settings.has(next)) settings.set(next, await readIfThere(next));
    const text = settings.get(next);
    if (text === undefined) continue;
    const config = readTsconfig(next, text);
    chain.push(config);
    queue.push(...config.extends.filter((f) => !queue.includes(f)));
  }
  return chain;
}

async function listings(folders: readonly string[]): Promise<Record<string, string | null>> {
  const listed = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(folder).catch(() => undefined);
      // Hidden files are never imported, and editors and caches come and go.
      const listing = names
        ?.filter((name) => !name.startsWith("."))
        .sort()
        .join("\n");
      return [folder, listing === undefined ? null : digest(listing)] as const;
    }),
  );
  return Object.fromEntries(listed);
}

async function readIfThere(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch(() => undefined);
}
