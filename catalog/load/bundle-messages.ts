import { readdir } from "node:fs/promises";
import path from "node:path";
import type { Message } from "esbuild";
import { nearMatch } from "../../problems/near-match.ts";
import type { Location, Problem } from "../../problems/problem.ts";
import type { BundleInput, BundleOptions } from "./bundle.ts";
import { applyEdits } from "./edits.ts";
import { parseSource } from "./parser.ts";
import { isRelative } from "./resolve-imports.ts";
import { sourcePosition } from "./source-position.ts";
import { lineStarts } from "./text-lines.ts";

interface Context extends BundleOptions {
  inputs: ReadonlyMap<string, BundleInput>;
}

type Explained = Pick<Problem, "rule" | "message" | "severity"> & { fix?: string | undefined };

/** What esbuild said about the catalog, as Problems at the place in the source that was written. */
export async function messageProblems(messages: readonly Message[], context: Context): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const message of messages) {
    const input = message.location ? context.inputs.get(message.location.file) : undefined;
    if (input?.engine) continue;
    const location = locationOf(message, input);
    const { fix, ...explained } = await explain(message, context);
    problems.push({ ...explained, ...(location && { location }), ...(fix !== undefined && { fix }) });
  }
  return problems;
}

async function explain({ id, text, location, detail }: Message, context: Context): Promise<Explained> {
  const severity = "error";
  if (detail instanceof Error) {
    // Our plugin failed: by a file that it could not read, or by a mistake of ours that must not look like the user's.
    if (!("syscall" in detail)) throw detail;
    return { rule: "load/unreadable-file", severity, message: detail.message, fix: "make the file readable" };
  }
  const [, missing] = /^Could not resolve "(.*?)"/s.exec(text) ?? [];
  if (missing !== undefined) {
    const message = `cannot find "${missing}"`;
    return {
      rule: "load/import-not-found",
      severity,
      message,
      fix: await fixImport(missing, location?.file, context),
    };
  }
  const noExport =
    /^No matching export in "(?<module>.*?)" for import "(?<name>.*?)"/s.exec(text) ??
    /^Import "(?<name>.*?)" will always be undefined because .* in "(?<module>.*?)"/s.exec(text);
  const { module, name } = noExport?.groups ?? {};
  if (module !== undefined && name !== undefined) {
    return { rule: "load/export-not-found", severity, ...(await missingExport(module, name, context)) };
  }
  if (/^No loader is configured/.test(text)) {
    const fix = "import TypeScript, JavaScript or JSON; read other files with node:fs";
    return {
      rule: "load/import-not-found",
      severity,
      message: "a file of this kind cannot be imported",
      fix,
    };
  }
  const [, key] = /^Duplicate key (".*?") in object literal/s.exec(text) ?? [];
  if (key !== undefined) {
    const fix = "rename or remove one of the two; only the last would count";
    return {
      rule: "load/duplicate-key",
      severity,
      message: `the key ${key} is written twice in one object`,
      fix,
    };
  }
  // Only warnings have an id.
  return id === ""
    ? { rule: "load/syntax-error", severity, message: text, fix: fixSyntax(location?.suggestion) }
    : { rule: "load/suspicious-code", severity: "warning", message: text };
}

function fixSyntax(suggestion: string | undefined): string {
  return suggestion ? `write ${suggestion} there` : "correct the line, or what stands before it";
}

const PACKS = "fairlead/packs/";

async function fixImport(
  specifier: string,
  importer: string | undefined,
  { root, fairleadEntry }: Context,
): Promise<string> {
  if (specifier.startsWith(PACKS)) {
    const packs = await readdir(path.join(path.dirname(fairleadEntry), "packs")).catch(() => []);
    const near = nearMatch(specifier.slice(PACKS.length), packs);
    return near ? `did you mean "${PACKS}${near}"?` : `the packs are ${packs.join(", ") || "none"}`;
  }
  if (!isRelative(specifier)) return `install the package ${JSON.stringify(specifier)} in this project`;
  const target = path.resolve(root, path.dirname(importer ?? "."), specifier);
  const beside = await readdir(path.dirname(target)).catch(() => []);
  const names = beside.map((name) =>
    path.extname(specifier) === "" ? name.replace(/\.[cm]?[jt]sx?$/, "") : name,
  );
  const near = nearMatch(path.basename(target), names);
  return near
    ? `did you mean "${specifier.slice(0, -path.basename(target).length)}${near}"?`
    : "correct the path";
}

async function missingExport(module: string, name: string, context: Context) {
  const isFairlead = module.startsWith("fairlead:") || context.inputs.get(module)?.engine === true;
  const names = isFairlead ? await namesOfFairlead(module, context) : namesIn(module, context);
  const near = nearMatch(name, names);
  const fix = near
    ? `did you mean "${near}"?`
    : `it has ${names.map((n) => `"${n}"`).join(", ") || "no named exports"}`;
  const [, pack] = /\/packs\/([a-z0-9-]+)\/index\.[jt]s$/.exec(module) ?? [];
  const shown = isFairlead ? `"${pack === undefined ? "fairlead" : PACKS + pack}"` : module;
  return { message: `${shown} has no export "${name}"`, fix };
}

async function namesOfFairlead(module: string, context: Context): Promise<string[]> {
  if (!module.startsWith("fairlead:")) return namesIn(module, context);
  const { pathToFileURL } = await import("node:url");
  const entry = module.slice("fairlead:".length);
  return Object.keys((await import(pathToFileURL(entry).href)) as object).sort();
}

function namesIn(file: string, { inputs }: Context): string[] {
  const text = inputs.get(file)?.text;
  if (text === undefined) return [];
  const entries = parseSource(file, text).module.staticExports.flatMap((e) => e.entries);
  return entries.flatMap((e) => (e.isType || e.exportName.name === null ? [] : e.exportName.name));
}

function locationOf({ location }: Message, input: BundleInput | undefined): Location | undefined {
  if (!location) return undefined;
  const { file, line, column } = location;
  if (!input) return { file, line, column: column + 1, exact: true };
  // esbuild counts bytes.
  const seen = applyEdits(input.text, input.edits);
  const start = lineStarts(seen)[line - 1] ?? 0;
  const before = Buffer.from(seen.slice(start, start + column))
    .subarray(0, column)
    .toString("utf8").length;
  return { file, ...sourcePosition(input, { line, column: before + 1 }), exact: true };
}
