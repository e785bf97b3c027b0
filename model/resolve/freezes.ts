import type { FreezeSpec } from "../../catalog/freeze.ts";
import { firstBegin, freezeTimes } from "../freeze-times.ts";
import type { Place } from "../problems.ts";
import type { Freeze } from "../promotion.ts";
import type { Scope } from "./scope.ts";

/** Freezes by name, as the model has them. */
export function freezesOf(freezes: Readonly<Record<string, FreezeSpec>>): Freeze[] {
  return Object.entries(freezes).map(([name, { repeats, except, ...spec }]) => ({
    name,
    ...spec,
    ...(repeats !== undefined && { repeats }),
    ...(except.length > 0 && { except }),
  }));
}

/** Problems for freezes that never begin, begin otherwise than they say, or never end. */
export function checkFreezes({ problems }: Scope, specs: Record<string, FreezeSpec>, all: Place): void {
  for (const freeze of freezesOf(specs)) {
    const place = (...path: (string | number)[]) => ({ ...all, path: [...all.path, freeze.name, ...path] });
    if (!problems.isSound(place())) continue;
    const rule = place(freeze.repeats === undefined ? "begins" : "repeats");
    const first = firstBegin(freeze);
    if (first === undefined) {
      const message = `freeze "${freeze.name}" never begins: no day is of ${freeze.repeats}`;
      problems.add("promotion/freeze-never", rule, message, {
        fix: 'choose days that exist, such as "FREQ=WEEKLY;BYDAY=FR"',
      });
    } else if (first !== freeze.begins) {
      const why = freeze.repeats === undefined ? "the clocks skip that hour" : `the rule's first is ${first}`;
      const message = `freeze "${freeze.name}" does not begin at ${freeze.begins}: ${why}`;
      problems.add("promotion/freeze-begins", place("begins"), message, { fix: `write "${first}"` });
    } else if (isUnending(freeze)) {
      const message = `freeze "${freeze.name}" begins anew before it ends: nothing would ever be promoted`;
      problems.add("promotion/freeze-unending", place("lasts"), message, {
        fix: "let it last shorter, or come less often",
      });
    }
  }
}

// Rules repeat themselves after a few years at most: a freeze that has no hour without it in so many beginnings has none later.
const MANY = 400;

function isUnending(freeze: Freeze): boolean {
  if (freeze.repeats === undefined || /COUNT|UNTIL/.test(freeze.repeats)) return false;
  const from = Date.parse(`${freeze.begins}Z`);
  const times = freezeTimes(freeze, { from, to: from + MANY * 86_400_000 });
  return times.length > 1 && times.every(({ ends }, i) => ends >= (times[i + 1]?.begins ?? ends));
}
