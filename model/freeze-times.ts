import { RRuleTemporal } from "rrule-temporal";
import type { Freeze } from "./promotion.ts";

/** One time that a freeze lasts, in milliseconds since 1970; its end is no longer of it. */
export interface FreezeTime {
  begins: number;
  ends: number;
}

// More than any change of clocks.
const SLACK = 2 * 86_400_000;

/**
 * The times of a freeze that are not over at `from` and begin by `to` (milliseconds since 1970), earliest first, after RFC 5545: days by the calendar
 * of its time zone, hours exactly, and none that would begin at an hour which the clocks skip. Throws a RangeError for a rule that cannot be followed.
 */
export function freezeTimes(freeze: Freeze, { from, to }: { from: number; to: number }): FreezeTime[] {
  const rule = ruleOf(freeze);
  const first = rule.options().dtstart;
  const length = first.add(freeze.lasts).epochMilliseconds - first.epochMilliseconds;
  return rule
    .between(new Date(from - length - SLACK), new Date(to), true)
    .map((begins) => ({
      begins: begins.epochMilliseconds,
      ends: begins.add(freeze.lasts).epochMilliseconds,
    }))
    .filter(({ ends }) => ends > from);
}

/** When a freeze first begins by its rule: the local time as `begins` is written; nothing where it never does. */
export function firstBegin(freeze: Freeze): string | undefined {
  const { begins, ...others } = freeze;
  try {
    const first = ruleOf({ ...others, begins, except: [] }).next(
      new Date(Date.parse(`${begins}Z`) - SLACK),
      true,
    );
    return first?.toPlainDateTime().toString({ smallestUnit: "second" });
  } catch {
    // The library gives up on a rule that chooses no day at all.
    return undefined;
  }
}

function ruleOf({ begins, timeZone, repeats, except = [] }: Freeze): RRuleTemporal {
  const local = (name: string, times: readonly string[]) =>
    `${name};TZID=${timeZone}:${times.map((time) => time.replace(/[-:]/g, "")).join(",")}`;
  const lines = [local("DTSTART", [begins]), `RRULE:${repeats ?? "FREQ=DAILY;COUNT=1"}`];
  if (except.length > 0) lines.push(local("EXDATE", except));
  return new RRuleTemporal({ rruleString: lines.join("\n"), strict: true });
}
