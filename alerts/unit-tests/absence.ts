// When something that should be there is not.
import { GROUP_MISSED_SECONDS } from "../../model/alerting/alert-expression.ts";
import type { Signal } from "../../model/model.ts";
import type { Candidate, Fed } from "./candidate.ts";
import { groupsAmong } from "./groups.ts";
import { isRecord } from "./recorded.ts";
import type { Series } from "./series.ts";
import type { Verdict } from "./verdict.ts";

/** At each moment whether no series of a kind has a sample, or none that has the given value. */
export function missing(
  { series, moments }: Fed,
  isIt: (series: Series) => boolean,
  value?: number,
): Verdict[] {
  const members = series.filter(isIt);
  return moments.map(
    (i) =>
      !members.some(({ values }) =>
        value === undefined ? (values[i] ?? null) !== null : values[i] === value,
      ),
  );
}

/** Groups that were there an hour ago and are not now, while others are. */
export function groupsMissing(
  fed: Fed,
  isIt: (series: Series) => boolean,
  by: readonly string[],
): Candidate[] {
  if (by.length === 0) return [];
  const allGone = missing(fed, isIt);
  const ago = Math.floor(GROUP_MISSED_SECONDS / fed.stepSeconds);
  return groupsAmong(fed.series.filter(isIt), by).map(({ labels, members }) => {
    const gone = missing({ ...fed, series: members }, isIt);
    const before = missing({ ...fed, series: members, moments: fed.moments.map((i) => i - ago) }, isIt);
    return { labels, condition: gone.map((now, i) => now === true && before[i] === false && !allGone[i]) };
  });
}

/** What is not recorded any more: of several parts, at least one. */
export function unrecorded(fed: Fed, { series, by }: Extract<Signal, { kind: "unrecorded" }>): Candidate[] {
  const each = series.map((one) => missing(fed, (fed) => isRecord(fed, one)));
  const condition = fed.moments.map((_, i) => each.some((verdicts) => verdicts[i] === true));
  const [first] = series;
  const { platform = "", slo = "" } = first?.labels ?? {};
  const labels = series.length > 1 ? {} : { platform, slo };
  const isIt = (one: Series) => first !== undefined && isRecord(one, first);
  return [{ labels, condition }, ...groupsMissing(fed, isIt, by)];
}
