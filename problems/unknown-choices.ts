import { nearMatch } from "./near-match.ts";
import type { Problem } from "./problem.ts";

/** The names on a command line that nothing has, each a Problem with its near match, or with all that there are. */
export function unknownChoices(word: string, names: readonly string[], known: readonly string[]): Problem[] {
  return names
    .filter((name) => !known.includes(name))
    .map((name) => {
      const near = nearMatch(name, known);
      const fix = near === undefined ? `there are ${known.join(", ")}` : `did you mean "${near}"?`;
      return { rule: `reference/unknown-${word}`, severity: "error", message: `no ${word} "${name}"`, fix };
    });
}
