import { writtenOffset } from "./literal-offsets.ts";
import type { Found } from "./locate.ts";
import { earliestStarts, latestStarts } from "./piece-starts.ts";
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
  const earliest = earliestStarts(pieces, value);
  const latest = latestStarts(pieces, value);
  if (!earliest || !latest) return whole;
  const spot = spotIn({ pieces, starts: earliest, length: value.length }, offset);
  const other = spotIn({ pieces, starts: latest, length: value.length }, offset);
  const sure = spot?.offset === other?.offset && spot?.file === other?.file;
  return spot ? { ...spot, exact: spot.exact && sure } : whole;
}

/** A string's pieces, where in it each may start, and its length. */
interface Laid {
  pieces: readonly Piece[];
  starts: readonly number[];
  length: number;
}

function spotIn({ pieces, starts, length }: Laid, offset: number): Spot | undefined {
  for (const [i, piece] of pieces.entries()) {
    const start = starts[i] ?? 0;
    const end = starts[i + 1] ?? length;
    // An error "at the end of input" belongs to the last piece, even to the nothing between `}` and a back-tick.
    const isEnd = offset === length && i === pieces.length - 1;
    if ((offset < start || offset >= end) && !isEnd) continue;
    if (piece.written)
      return { file: piece.file, offset: writtenOffset(piece.written, offset - start), exact: true };
    return { file: piece.file, offset: piece.node.start, exact: false };
  }
  return undefined;
}
