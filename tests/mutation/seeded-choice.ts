import { createHash } from "node:crypto";
import { byKey } from "./by-key.ts";
import { type Mutant, mutantsOf } from "./mutants.ts";
import type { TestedRules } from "./rule-files.ts";

/** A mutant to try, with the rules it is one of. */
export interface Chosen {
  rules: TestedRules;
  mutant: Mutant;
}

/**
 * So many different mutants, the same for the same seed: platform by platform, file by file, and from each file a kind of
 * mistake that has been chosen least so far, so that rare kinds are tried as often as common ones.
 */
export function seededChoice(
  files: readonly TestedRules[],
  { seed, count }: { seed: number; count: number },
): Chosen[] {
  const shuffled = <T>(items: readonly T[], name: (item: T) => string): T[] =>
    items
      .map((item) => ({ item, place: digest(`${seed} ${name(item)}`) }))
      .sort((a, b) => (a.place < b.place ? -1 : 1))
      .map(({ item }) => item);
  const platforms = [...byKey(files, ({ platform }) => platform).values()].map((own) =>
    shuffled(own, ({ platform, path }) => `${platform} ${path}`).map((rules) => ({
      rules,
      left: shuffled(mutantsOf(rules.content), ({ name }) => `${rules.path} ${name}`),
    })),
  );
  const often = new Map<string, number>();
  return Array.from({ length: count }, (_, i) => {
    const own = platforms[i % platforms.length] ?? [];
    const file = own[Math.floor(i / platforms.length) % own.length];
    if (!file) throw new Error("There are no rules with tests to change.");
    const { rules, left } = file;
    const times = ({ kind }: Mutant) => often.get(kind) ?? 0;
    const mutant = left.reduce((best, other) => (times(other) < times(best) ? other : best));
    left.splice(left.indexOf(mutant), 1);
    often.set(mutant.kind, times(mutant) + 1);
    return { rules, mutant };
  });
}

const digest = (text: string) => createHash("sha256").update(text).digest("hex");
