import type { Selection, Slo } from "../../model/model.ts";
import { type Clock, increases, sumOf, type Track } from "./extrapolation.ts";
import { selects } from "./selecting.ts";
import type { Series } from "./series.ts";

interface Fed extends Clock {
  series: readonly Series[];
}

/** The two selections of an SLI: the counted side, and whether it counts what is bad or what is good. */
export function sidesOf({ sli }: Pick<Slo, "sli">): {
  part: Selection;
  whole: Selection;
  counts: "bad" | "good";
} {
  if (sli.kind === "bad-events") return { part: sli.bad, whole: sli.total, counts: "bad" };
  return { part: sli.kind === "latency" ? sli.fast : sli.good, whole: sli.total, counts: "good" };
}

/** Bad and all events over a window at each moment. A side that has no series yet counts as zero. */
export function eventCounts(
  slo: Pick<Slo, "sli">,
  fed: Fed,
  windowSeconds: number,
): { bad: Track; total: Track } {
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
export function errorRatio(slo: Pick<Slo, "sli" | "noTraffic">, fed: Fed, windowSeconds: number): Track {
  const { bad, total } = eventCounts(slo, fed, windowSeconds);
  return total.map((all, i) => {
    if (all === undefined) return undefined;
    if (all <= 0) return slo.noTraffic === "good" ? 0 : undefined;
    return (bad[i] ?? 0) / all;
  });
}

/** Error ratio since the first moment, from 5-minute counts taken at every moment, as the period's ratio is recorded. */
export function periodErrorRatio(slo: Pick<Slo, "sli">, fed: Fed): Track {
  const { bad, total } = eventCounts(slo, fed, 300);
  let badSoFar = 0;
  let allSoFar = 0;
  return total.map((all, i) => {
    badSoFar += bad[i] ?? 0;
    allSoFar += all ?? 0;
    return allSoFar > 0 ? badSoFar / allSoFar : undefined;
  });
}
