import type { BundleInput } from "./bundle.ts";
import { applyEdits, offsetBeforeEdits } from "./edits.ts";
import { lineStarts, positionAt } from "./text-lines.ts";

/** The place, in a file as it was written, of a place in the file as esbuild got to see it. */
export function sourcePosition(
  { text, edits }: Pick<BundleInput, "text" | "edits">,
  seen: { line: number; column: number },
): { line: number; column: number } {
  const start = lineStarts(applyEdits(text, edits))[seen.line - 1] ?? 0;
  return positionAt(lineStarts(text), offsetBeforeEdits(edits, start + seen.column - 1));
}
