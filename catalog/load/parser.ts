import { createRequire } from "node:module";
import type { ParseResult } from "oxc-parser";
import { languageOf } from "./syntax-walk.ts";

type Parser = typeof import("oxc-parser");

let parser: Parser | undefined;

/**
 * Makes `parseSource` usable. Where Node can `require` an ES module nothing is loaded yet: a run that finds no
 * problem never needs the parser.
 */
export async function prepareParser(): Promise<void> {
  const features = process.features as { require_module?: boolean };
  if (!features.require_module) parser ??= await import("oxc-parser");
}

/** The syntax tree of a source file; `prepareParser` must have been awaited once. */
export function parseSource(file: string, source: string): ParseResult {
  parser ??= createRequire(import.meta.url)("oxc-parser") as Parser;
  return parser.parseSync(file, source, { lang: languageOf(file), sourceType: "module" });
}
