import { distance } from "fastest-levenshtein";

/**
 * The known name that `wrong` most probably meant, or nothing when none is near: a slip of the pen in a short word, two in one of
 * eight letters, three from twelve on. Another number is another thing ("p95" is no misspelt "p99"), and so is a word of two letters.
 */
export function nearMatch(wrong: string, known: readonly string[]): string | undefined {
  let best: { name: string; slips: number } | undefined;
  for (const name of known) {
    const slips = slipsBetween(wrong.toLowerCase(), name.toLowerCase());
    const isNear = slips <= mostSlips(wrong, name) && digitsOf(wrong) === digitsOf(name);
    if (isNear && slips < (best?.slips ?? Number.POSITIVE_INFINITY)) best = { name, slips };
  }
  return best?.name;
}

function mostSlips(one: string, other: string): number {
  if (Math.max(one.length, other.length) < 3) return 0;
  return Math.min(3, Math.max(1, Math.floor(Math.max(one.length, other.length) / 4)));
}

// Two letters that changed places are one slip.
function slipsBetween(one: string, other: string): number {
  const at = [...one].findIndex((letter, i) => letter !== other[i]);
  const swapped = `${one.slice(0, at)}${one[at + 1] ?? ""}${one[at] ?? ""}${one.slice(at + 2)}`;
  return at >= 0 && swapped === other ? 1 : distance(one, other);
}

function digitsOf(name: string): string {
  return name.replace(/\D/g, "");
}
