import { createRequire } from "node:module";
import path from "node:path";
import type { Node } from "oxc-parser";
import { parseSource } from "./parser.ts";
import { staticValue, writtenAt } from "./static-value.ts";

/** What a tsconfig.json says about where imports lead. */
export interface TsconfigImports {
  /** Absolute paths of the files that it extends. */
  extends: string[];
  /** Absolute paths that an alias such as `@shared/x` may stand for, whether or not anything is there. */
  candidates(specifier: string): string[];
}

/** Reads the parts of a tsconfig.json (comments and all) that decide how esbuild resolves imports. */
export function readTsconfig(file: string, text: string): TsconfigImports {
  const statement = parseSource("tsconfig.ts", `(${text})`).program.body[0];
  const inner = statement?.type === "ExpressionStatement" ? statement.expression : undefined;
  const root = inner?.type === "ParenthesizedExpression" ? inner.expression : undefined;
  const options = root && writtenAt(root, "compilerOptions");
  const base = strings(options && writtenAt(options, "baseUrl"))[0];
  const folder = path.resolve(path.dirname(file), base ?? ".");
  const paths = options && writtenAt(options, "paths");
  return {
    extends: strings(root && writtenAt(root, "extends")).flatMap((name) => resolveExtended(file, name)),
    candidates: (specifier) => [
      ...(base === undefined ? [] : [path.join(folder, specifier)]),
      ...aliases(paths, specifier).map((target) => path.resolve(folder, target)),
    ],
  };
}

function aliases(paths: Node | undefined, specifier: string): string[] {
  if (paths?.type !== "ObjectExpression") return [];
  return paths.properties.flatMap((property) => {
    if (property.type !== "Property") return [];
    const pattern = String(staticValue(property.key)?.value ?? "");
    const [before = "", after] = pattern.split("*");
    const matches =
      after === undefined ? specifier === pattern : specifier.startsWith(before) && specifier.endsWith(after);
    if (!matches) return [];
    const middle = specifier.slice(before.length, specifier.length - (after ?? "").length);
    return strings(property.value).map((target) => target.replace("*", () => middle));
  });
}

function strings(node: Node | undefined): string[] {
  const nodes = node?.type === "ArrayExpression" ? node.elements : [node];
  return nodes.flatMap((n) => {
    const value = n ? staticValue(n)?.value : undefined;
    return typeof value === "string" ? value : [];
  });
}

function resolveExtended(file: string, name: string): string[] {
  if (name.startsWith(".") || path.isAbsolute(name)) {
    const target = path.resolve(path.dirname(file), name);
    return target.endsWith(".json") ? [target] : [target, `${target}.json`];
  }
  for (const candidate of [name, `${name}.json`, `${name}/tsconfig.json`]) {
    try {
      return [createRequire(file).resolve(candidate)];
    } catch {
      // the next spelling, or none: a package that is not there cannot have decided anything
    }
  }
  return [];
}
