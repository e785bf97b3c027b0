import { freezeTimes } from "../../model/freeze-times.ts";
import type { Freeze } from "../../model/promotion.ts";

// Of freezes that take turns without an hour between them nobody can say when they end: so many are followed.
const MOST_TURNS = 100;

/**
 * The freeze in which nothing is promoted at `at`, and until when nothing is: freezes that begin before the first has ended are counted in. Of several the
 * one that ends last is told. Nothing where none is active. Throws a RangeError for a recurrence rule that cannot be followed.
 */
export function freezeAt(freezes: readonly Freeze[], at: Date): { freeze: Freeze; until: Date } | undefined {
  const active = activeAt(freezes, at.getTime());
  if (!active) return undefined;
  let until = active.until;
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    const next = activeAt(freezes, until);
    if (!next) break;
    until = next.until;
  }
  return { freeze: active.freeze, until: new Date(until) };
}

function activeAt(freezes: readonly Freeze[], at: number): { freeze: Freeze; until: number } | undefined {
  const active = freezes.flatMap((freeze) =>
    freezeTimes(freeze, { from: at, to: at }).map(({ ends }) => ({ freeze, until: ends })),
  );
  return active.sort((a, b) => b.until - a.until)[0];
}
