import type { Location, Problem } from "../../problems/problem.ts";
import { showValue } from "../../problems/show-value.ts";
import type { StoredBundle } from "./bundle-cache.ts";
import type { Evaluation } from "./evaluate.ts";
import type { PlatformFile } from "./find-platforms.ts";
import type { LoadedCatalog, LoadedPlatform } from "./loaded-catalog.ts";
import { thrownAt, thrownMessage } from "./thrown.ts";

interface Context extends Pick<LoadedCatalog, "locate"> {
  root: string;
  file: PlatformFile;
  bundle: StoredBundle;
  /** All platforms of the project. */
  files: readonly PlatformFile[];
}

interface Read {
  platform?: LoadedPlatform;
  problems: Problem[];
}

/** Takes the platform out of a catalog's module, or says why there is none in it. */
export function readPlatform(evaluation: Evaluation, context: Context): Read {
  const { file } = context.file;
  const start: Location = { file, line: 1, column: 1, exact: false };
  if ("unfinished" in evaluation) {
    const fix = "let the catalog wait for nothing: no servers, no timers, no network";
    const message = "the catalog was still running when the time limit was over";
    return only("load/did-not-finish", message, { location: start, fix });
  }
  if ("thrown" in evaluation) return thrownProblem(evaluation.thrown, context, start);
  const { module } = evaluation;
  if (!("default" in module)) {
    const names = Object.keys(module).sort();
    const others =
      names.length > 0 ? `; it exports ${names.map((name) => JSON.stringify(name)).join(", ")}` : "";
    const fix = "write `export default definePlatform({ … })`";
    return only("load/no-default-export", `${file} has no default export${others}`, { location: start, fix });
  }
  return readValue(module.default, context, start);
}

function readValue(value: unknown, { file: { name, file }, files, locate }: Context, start: Location): Read {
  if (!isPlainObject(value)) {
    const location = typeof value === "object" && value !== null ? locate(value, []) : undefined;
    const fix = "write `export default definePlatform({ … })`";
    const message = `the default export of ${file} is ${kindOf(value)}, not an object`;
    return only("load/not-an-object", message, { location: location ?? start, fix });
  }
  const own = (value as { name?: unknown }).name;
  const platform = { name, file, value };
  if (typeof own !== "string" || own === name) return { platform, problems: [] };
  const taken = files.find((other) => other.name === own);
  const whose = taken ? `, which is that of ${taken.file}` : "";
  const kind = file.endsWith("/index.ts") ? "folder" : "file";
  const message = `the ${kind} is named "${name}", but the platform in it ${showValue(own)}${whose}`;
  const fix = taken ? `write name: "${name}"` : `write name: "${name}", or rename the ${kind}`;
  return {
    ...only("load/name-mismatch", message, { location: locate(value, ["name"]) ?? start, fix }),
    platform,
  };
}

function thrownProblem(thrown: unknown, context: Context, start: Location): Read {
  const [, missing] =
    /^Cannot find (?:package|module) '(.+?)'/.exec(thrown instanceof Error ? thrown.message : "") ?? [];
  if (missing !== undefined && (thrown as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND") {
    const fix = `install the package ${JSON.stringify(missing)} in this project`;
    return only("load/import-not-found", `cannot find "${missing}"`, { location: start, fix });
  }
  const location = thrownAt(thrown, context.bundle, context.root) ?? start;
  return only("load/threw", `the catalog threw ${thrownMessage(thrown)}`, { location, fix: fixFor(thrown) });
}

function fixFor(thrown: unknown): string {
  if (thrown instanceof ReferenceError && /before initialization/.test(thrown.message)) {
    return "two files import each other, or a const is used above its line: move what both need into a third file";
  }
  return "a catalog only describes: correct or remove the code that fails";
}

function only(rule: string, message: string, more: { location: Location; fix: string }): Read {
  return { problems: [{ rule, severity: "error", message, ...more }] };
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return !(value instanceof Promise) && !(value instanceof Map) && !(value instanceof Set);
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "a list";
  if (value instanceof Promise) return "a promise";
  if (typeof value === "object") return `a ${value.constructor?.name ?? "special object"}`;
  return `a ${typeof value}`;
}
