import { writtenOffset } from "./literal-offsets.ts";
import type { Found } from "./locate.ts";
import { type Piece, piecesOf } from "./string-pieces.ts";

/** A place inside an expression. */
export interface Spot {
  file: string;
  offset: number;
  exact: boolean;
}

/**
 * The place in the source of the character at `offset` of a string of the catalog. Exact where the character stands
 * there in writing; otherwise the nearest: the expression inside the template that gave it, or the whole string's.
 */
export function findInside(found: Found, value: string, offset: number): Spot {
  const { place, around } = found;
  const whole = { file: place.file, offset: place.node.start, exact: false };
  if (offset < 0 || offset > value.length) return whole;
  const pieces = piecesOf(place, around);
  const earliest = forwards(pieces, value);
  const latest = backwards(pieces, value);
  if (!earliest || !latest) return whole;
  const spot = spotIn(pieces, earliest, value.length, offset);
  const other = spotIn(pieces, latest, value.length, offset);
  const sure = spot?.offset === other?.offset && spot?.file === other?.file;
  return spot ? { ...spot, exact: spot.exact && sure } : whole;
}

/** Where each piece begins when every piece of unknown text is as short as it can be; nothing if they do not fit. */
function forwards(pieces: readonly Piece[], value: string): number[] | undefined {
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
function backwards(pieces: readonly Piece[], value: string): number[] | undefined {
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

function spotIn(pieces: readonly Piece[], starts: readonly number[], length: number, offset: number): Spot | undefined {
  for (const [i, piece] of pieces.entries()) {
    const start = starts[i] ?? 0;
    const end = starts[i + 1] ?? length;
    // An error "at the end of input" belongs to the last piece, even to the nothing between `}` and a back-tick.
    const isEnd = offset === length && i === pieces.length - 1;
    if ((offset < start || offset >= end) && !isEnd) continue;
    if (piece.written) return { file: piece.file, offset: writtenOffset(piece.written, offset - start), exact: true };
    return { file: piece.file, offset: piece.node.start, exact: false };
  }
  return undefined;
}
