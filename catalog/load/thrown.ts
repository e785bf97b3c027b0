import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import type { Location } from "../../problems/problem.ts";
import { outputFolder, relativeTo } from "./bundle.ts";
import type { StoredBundle } from "./bundle-cache.ts";
import { instrument } from "./instrument.ts";
import { sourcePosition } from "./source-position.ts";

interface Frame {
  file: string;
  line: number;
  column: number;
}

/**
 * Where in the catalog an error came from: the innermost place of its stack that is in the catalog. Not exact when it
 * was thrown further in, by Fairlead or a package.
 */
export function thrownAt(thrown: unknown, bundle: StoredBundle, root: string): Location | undefined {
  const frames = framesOf(thrown);
  for (const [i, frame] of frames.entries()) {
    const place = sourceOf(frame, bundle, root);
    const input = place && bundle.inputs.get(place.file);
    if (!input || input.engine) continue;
    const edits = instrument(root, place.file, input.text) ?? [];
    return { file: place.file, ...sourcePosition({ text: input.text, edits }, place), exact: i === 0 };
  }
  return undefined;
}

/** One line that says what was thrown, without a stack or a path of the machine's. */
export function thrownMessage(thrown: unknown): string {
  if (!(thrown instanceof Error)) return inspect(thrown, { depth: 0, breakLength: Number.POSITIVE_INFINITY });
  const cause =
    thrown.cause instanceof Error ? ` (because of ${thrown.cause.name}: ${thrown.cause.message})` : "";
  const name = thrown.name === "Error" ? "" : `${thrown.name}: `;
  return `${name}${thrown.message || "an error without a message"}${cause}`;
}

function framesOf(thrown: unknown): Frame[] {
  const stack = thrown instanceof Error && typeof thrown.stack === "string" ? thrown.stack : "";
  return stack.split("\n").flatMap((text) => {
    if (!text.startsWith("    at ")) return [];
    const [, place = "", line, column] = /^ {4}at (?:.*\()?(?:async )?(.+?):(\d+):(\d+)\)?$/.exec(text) ?? [];
    // What has no place (JSON.parse, a callback of the engine's) is a frame too: the error came from in there.
    return {
      file: place.startsWith("file:") ? fileURLToPath(place) : place,
      line: Number(line),
      column: Number(column),
    };
  });
}

// Read only now: a run without errors never needs the map.
function sourceOf({ file, line, column }: Frame, { folder }: StoredBundle, root: string): Frame | undefined {
  if (path.dirname(file) !== folder) return undefined;
  const map = new SourceMap(JSON.parse(readFileSync(`${file}.map`, "utf8")));
  const entry = map.findEntry(line - 1, column - 1);
  if (!("originalSource" in entry)) return undefined;
  return {
    file: relativeTo(root, path.resolve(root, outputFolder, entry.originalSource)),
    line: entry.originalLine + 1,
    column: entry.originalColumn + 1,
  };
}
