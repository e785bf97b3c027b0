import type { Piece } from "./string-pieces.ts";

/** True if the pieces can make up the value and at least some of it stands in them in writing. */
export function isMadeOf(pieces: readonly Piece[], value: string): boolean {
  const isSeen = pieces.some((piece) => piece.written && piece.text !== "");
  return isSeen && earliestStarts(pieces, value) !== undefined;
}

/** Where each piece begins when every piece of unknown text is as short as it can be; nothing if they do not fit. */
export function earliestStarts(pieces: readonly Piece[], value: string): number[] | undefined {
  const starts: number[] = [];
  let at = 0;
  let open = false;
  for (const [i, { text }] of pieces.entries()) {
    if (text === undefined) {
      starts.push(at);
      open = true;
      continue;
    }
    const last = i === pieces.length - 1;
    const start = !open ? at : last ? value.length - text.length : value.indexOf(text, at);
    if (start < at || !value.startsWith(text, start)) return undefined;
    starts.push(start);
    at = start + text.length;
    open = false;
  }
  return open || at === value.length ? starts : undefined;
}

/** The same from the end: where each piece begins when the unknown ones take as much as they can. */
export function latestStarts(pieces: readonly Piece[], value: string): number[] | undefined {
  const starts: number[] = [];
  let end = value.length;
  let open = false;
  for (const [i, { text }] of [...pieces.entries()].reverse()) {
    if (text === undefined) {
      starts[i] = i === 0 ? 0 : end;
      open = true;
      continue;
    }
    const start = !open ? end - text.length : i === 0 ? 0 : value.lastIndexOf(text, end - text.length);
    if (start < 0 || start + text.length > end || !value.startsWith(text, start)) return undefined;
    if (open) starts[i + 1] = start + text.length;
    starts[i] = start;
    end = start;
    open = false;
  }
  return open || end === 0 ? starts : undefined;
}
