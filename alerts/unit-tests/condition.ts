// Works out from an alert's definition and the fed series when its condition holds: what promtool's answer is compared with.
import type { Selection, Signal } from "../../model/model.ts";
import { groupsMissing, missing, unrecorded } from "./absence.ts";
import { burnCandidates } from "./burning.ts";
import type { Candidate, Fed } from "./candidate.ts";
import { increases, sumOf, type Track } from "./extrapolation.ts";
import { budgetForecasts, forecasts } from "./forecasting.ts";
import { aggregated, groupsOf } from "./groups.ts";
import { selects } from "./selecting.ts";
import { type Labels, labelsText, type Series } from "./series.ts";
import { all, CLEARANCE, verdicts } from "./verdict.ts";

/** Every alert that can come of a signal. */
export function candidates(signal: Exclude<Signal, { kind: "promql" }>, fed: Fed): Candidate[] {
  switch (signal.kind) {
    case "threshold":
      return groupsOf(fed.series, signal.of, signal.by).map(({ labels, members }) => ({
        labels,
        condition: verdicts(aggregated(members, signal.aggregate, fed), signal, 0),
      }));
    case "gauge-ratio":
      return ratios(fed, signal, (members) => aggregated(members, "sum", fed)).map(({ labels, ratio }) => ({
        labels,
        condition: verdicts(ratio, signal, 0),
      }));
    case "event-ratio":
      return eventRatios(fed, signal);
    case "increase":
      return groupsOf(fed.series, signal.of, signal.by).map(({ labels, members }) => ({
        labels,
        condition: verdicts(growth(members, fed, signal.windowSeconds), signal, CLEARANCE),
      }));
    case "forecast":
      return forecasts(signal, fed);
    case "budget-forecast":
      return budgetForecasts(signal, fed);
    case "target-down":
      return [
        {
          labels: {},
          condition: missing(fed, ({ name, labels }) => name === "up" && labels.job === signal.job, 1),
        },
      ];
    case "absent": {
      const isIt = (series: Series) => selects(signal.of, series);
      return [
        { labels: fixedLabels(signal.of), condition: missing(fed, isIt) },
        ...groupsMissing(fed, isIt, signal.by),
      ];
    }
    case "unrecorded":
      return unrecorded(fed, signal);
    case "burn":
      return fed.slo ? burnCandidates(fed.slo, signal.tier, fed) : [];
    case "always":
      return [{ labels: {}, condition: fed.moments.map(() => true) }];
  }
}

function eventRatios(fed: Fed, signal: Extract<Signal, { kind: "event-ratio" }>): Candidate[] {
  const over = (members: Series[]) => growth(members, fed, signal.windowSeconds);
  return ratios(fed, signal, over).map(({ labels, ratio, whole }) => {
    // A share of exactly 1 is nothing that was rounded: part and whole grow alike.
    const beyond = verdicts(ratio, signal, signal.value === 1 ? 0 : CLEARANCE);
    const enough = verdicts(whole, { is: ">=", value: signal.minimumEvents }, CLEARANCE);
    return { labels, condition: beyond.map((verdict, i) => all(verdict, enough[i])) };
  });
}

function ratios(
  fed: Fed,
  signal: { part: Selection; whole: Selection; by: string[] },
  measure: (members: Series[]) => Track,
): { labels: Labels; ratio: Track; whole: Track }[] {
  const wholes = new Map(
    groupsOf(fed.series, signal.whole, signal.by).map((g) => [labelsText(g.labels), measure(g.members)]),
  );
  return groupsOf(fed.series, signal.part, signal.by).map(({ labels, members }) => {
    const part = measure(members);
    const whole = wholes.get(labelsText(labels)) ?? [];
    const ratio = part.map((value, i) => {
      const of = whole[i];
      return value === undefined || of === undefined || of <= 0 ? undefined : value / of;
    });
    return { labels, ratio, whole };
  });
}

function growth(members: readonly Series[], fed: Fed, windowSeconds: number): Track {
  const tracks = members.map((series) => increases(series, { ...fed, windowSeconds }));
  return sumOf(tracks, fed.moments.length);
}

// What absent() says of the series that it does not see: labels that exactly one matcher names, with "=".
function fixedLabels({ matchers }: Selection): Labels {
  const fixed = matchers.filter(
    (m) => m.op === "=" && matchers.filter((other) => other.label === m.label).length === 1,
  );
  return Object.fromEntries(fixed.map(({ label, value }) => [label, value]));
}
