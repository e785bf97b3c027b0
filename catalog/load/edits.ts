/** Replaces `source.slice(start, end)` by `text`; an insertion where both are equal. */
export interface Edit {
  start: number;
  end: number;
  text: string;
}

/** The source with the edits made. They must be in order of `start` and must not overlap. */
export function applyEdits(source: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let done = 0;
  for (const edit of edits) {
    parts.push(source.slice(done, edit.start), edit.text);
    done = edit.end;
  }
  parts.push(source.slice(done));
  return parts.join("");
}

/** The offset in the source that became `offset` in the edited text; inside new text, where that was put in. */
export function offsetBeforeEdits(edits: readonly Edit[], offset: number): number {
  let shift = 0;
  for (const edit of edits) {
    const start = edit.start + shift;
    if (offset < start) break;
    if (offset < start + edit.text.length) return edit.start;
    shift += edit.text.length - (edit.end - edit.start);
  }
  return offset - shift;
}
