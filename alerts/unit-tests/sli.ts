import { countsMinutes } from "../../model/alerting/error-ratio.ts";
import type { Selection, Sli, Slo } from "../../model/model.ts";
import { type Clock, increases, sumOf, type Track } from "./extrapolation.ts";
import { badAt, badShare, minutesIn } from "./minutes.ts";
import { selects } from "./selecting.ts";
import type { Series } from "./series.ts";

interface Fed extends Clock {
  series: readonly Series[];
}

/** SLIs that count the events of declared metrics, and can be fed with them. */
export type EventSli = Extract<Sli, { kind: "bad-events" | "good-events" | "latency" | "native-latency" }>;

/** An SLO of such an SLI. */
export type EventSlo = Slo & { sli: EventSli };

/** Whether an SLO counts events of declared metrics. */
export function countsEvents(slo: Slo): slo is EventSlo {
  return ["bad-events", "good-events", "latency", "native-latency"].includes(slo.sli.kind);
}

/** Ends the name of a series that stands for the fast part of a native histogram; `native.ts` puts it back. */
export const FAST_PART = " fast";

/** The two selections of an SLI: the counted side, and whether it counts what is bad or what is good. */
export function sidesOf({ sli }: { sli: EventSli }): {
  part: Selection;
  whole: Selection;
  counts: "bad" | "good";
} {
  switch (sli.kind) {
    case "bad-events":
      return { part: sli.bad, whole: sli.total, counts: "bad" };
    case "good-events":
      return { part: sli.good, whole: sli.total, counts: "good" };
    case "latency":
      return { part: sli.fast, whole: sli.total, counts: "good" };
    case "native-latency": {
      const part = { ...sli.total, series: sli.total.series + FAST_PART };
      return { part, whole: sli.total, counts: "good" };
    }
  }
}

/** Bad and all events, or minutes, over a window at each moment. A side that has no series yet counts as zero. */
export function eventCounts(slo: Slo, fed: Fed, windowSeconds: number): Counts {
  const found = known.get(fed) ?? new Map<number, Counts>();
  known.set(fed, found);
  const counts = found.get(windowSeconds) ?? countEvents(slo, fed, windowSeconds);
  found.set(windowSeconds, counts);
  return counts;
}

interface Counts {
  bad: Track;
  total: Track;
}

// What is fed is made for one SLO; its ratios and its guard are worked out of the same counts.
const known = new WeakMap<Fed, Map<number, Counts>>();

function countEvents(slo: Slo, fed: Fed, windowSeconds: number): Counts {
  if (countsMinutes(slo.sli)) return minutesIn(badAt(slo.sli, fed), fed, windowSeconds);
  if (!countsEvents(slo)) return { bad: unknown(fed), total: unknown(fed) };
  const { part, whole, counts } = sidesOf(slo);
  const over = (selection: Selection) =>
    sumOf(
      fed.series.filter((s) => selects(selection, s)).map((s) => increases(s, { ...fed, windowSeconds })),
      fed.moments.length,
    );
  const total = over(whole);
  const counted = over(part);
  const bad = total.map((all, i) => {
    const some = counted[i] ?? (all === undefined ? undefined : 0);
    if (some === undefined) return undefined;
    return counts === "bad" ? some : all === undefined ? undefined : all - some;
  });
  return { bad, total };
}

/** Error ratio over a window at each moment; without traffic 0 or nothing, as the SLO says. */
export function errorRatio(slo: Slo, fed: Fed, windowSeconds: number): Track {
  if (countsMinutes(slo.sli)) return badShare(badAt(slo.sli, fed), fed, windowSeconds);
  const { bad, total } = eventCounts(slo, fed, windowSeconds);
  return total.map((all, i) => {
    if (all === undefined) return undefined;
    if (all <= 0) return slo.noTraffic === "good" ? 0 : undefined;
    return (bad[i] ?? 0) / all;
  });
}

/** Error ratio since the first moment, from 5-minute counts taken at every moment, as the period's ratio is recorded. */
export function periodErrorRatio(slo: Slo, fed: Fed): Track {
  const { bad, total } = eventCounts(slo, fed, 300);
  let badSoFar = 0;
  let allSoFar = 0;
  return total.map((all, i) => {
    badSoFar += bad[i] ?? 0;
    allSoFar += all ?? 0;
    return allSoFar > 0 ? badSoFar / allSoFar : undefined;
  });
}

function unknown({ moments }: Clock): Track {
  return moments.map(() => undefined);
}
