import { closest, distance } from "fastest-levenshtein";

/** The known name that `wrong` most probably meant, or nothing when none is near (at most a third of it differs). */
export function nearMatch(wrong: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const best = closest(wrong, [...known]);
  return distance(wrong, best) <= Math.max(1, Math.ceil(wrong.length / 3)) ? best : undefined;
}
