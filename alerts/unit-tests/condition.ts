// Works out from an alert's definition and the fed series when its condition holds: what promtool's answer is compared with.
import type { Selection, Signal, Slo } from "../../model/model.ts";
import { type Clock, increases, sumOf, type Track } from "./extrapolation.ts";
import { selects } from "./selecting.ts";
import { type Labels, labelsText, type Series } from "./series.ts";
import { errorRatio, eventCounts } from "./sli.ts";
import { all, CLEARANCE, compare, type Verdict } from "./verdict.ts";

/** An alert that may fire: its labels before the rule adds its own, and at each moment whether its condition holds. */
export interface Candidate {
  labels: Labels;
  condition: Verdict[];
}

/** What is fed, and the SLO that burn rates are counted for. */
export interface Fed extends Clock {
  series: readonly Series[];
  slo?: Slo | undefined;
}

/** Every alert that can come of a signal. */
export function candidates(signal: Exclude<Signal, { kind: "promql" }>, fed: Fed): Candidate[] {
  switch (signal.kind) {
    case "threshold":
      return groups(fed, signal.of, signal.by).map(({ labels, members }) => ({
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
      return groups(fed, signal.of, signal.by).map(({ labels, members }) => ({
        labels,
        condition: verdicts(growth(members, fed, signal.windowSeconds), signal, CLEARANCE),
      }));
    case "target-down":
      return [
        {
          labels: {},
          condition: missing(fed, ({ name, labels }) => name === "up" && labels.job === signal.job, 1),
        },
      ];
    case "absent":
      return [
        { labels: fixedLabels(signal.of), condition: missing(fed, (series) => selects(signal.of, series)) },
      ];
    case "burn":
      return fed.slo ? [{ labels: fed.slo.labels, condition: burns(fed.slo, signal.tier, fed) }] : [];
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

function burns(slo: Slo, tier: Extract<Signal, { kind: "burn" }>["tier"], fed: Fed): Verdict[] {
  // Near 100 % there is little room beyond the threshold.
  const clearance = Math.min(CLEARANCE, (1 / tier.threshold - 1) / 4);
  const parts = [tier.shortSeconds, tier.longSeconds].map((windowSeconds) =>
    verdicts(errorRatio(slo, fed, windowSeconds), { is: ">", value: tier.threshold }, clearance),
  );
  if (slo.minimumEvents > 0) {
    const { total } = eventCounts(slo, fed, tier.longSeconds);
    parts.push(verdicts(total, { is: ">=", value: slo.minimumEvents }, CLEARANCE));
  }
  return fed.moments.map((_, i) => all(...parts.map((part) => part[i])));
}

function verdicts(
  track: Track,
  { is, value }: { is: ">" | ">=" | "<" | "<="; value: number },
  clearance: number,
): Verdict[] {
  // No value is no alert.
  return track.map((at) => (at === undefined ? false : compare(at, { is, threshold: value, clearance })));
}

function groups(
  { series }: Fed,
  of: Selection,
  by: readonly string[],
): { labels: Labels; members: Series[] }[] {
  const found = new Map<string, { labels: Labels; members: Series[] }>();
  for (const one of series.filter((s) => selects(of, s))) {
    const labels = Object.fromEntries(
      by.flatMap((label) => (one.labels[label] ? [[label, one.labels[label]]] : [])),
    );
    const group = found.get(labelsText(labels)) ?? { labels, members: [] };
    found.set(labelsText(labels), group);
    group.members.push(one);
  }
  return [...found.values()];
}

function ratios(
  fed: Fed,
  signal: { part: Selection; whole: Selection; by: string[] },
  measure: (members: Series[]) => Track,
): { labels: Labels; ratio: Track; whole: Track }[] {
  const wholes = new Map(
    groups(fed, signal.whole, signal.by).map((g) => [labelsText(g.labels), measure(g.members)]),
  );
  return groups(fed, signal.part, signal.by).map(({ labels, members }) => {
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

function aggregated(
  members: readonly Series[],
  aggregate: "max" | "min" | "sum" | "avg",
  { moments }: Clock,
): Track {
  return moments.map((i) => {
    const values = members.flatMap((series) => series.values[i] ?? []);
    if (values.length === 0) return undefined;
    if (aggregate === "max") return Math.max(...values);
    if (aggregate === "min") return Math.min(...values);
    const sum = values.reduce((a, b) => a + b);
    return aggregate === "sum" ? sum : sum / values.length;
  });
}

function missing({ series, moments }: Fed, isIt: (series: Series) => boolean, value?: number): Verdict[] {
  const members = series.filter(isIt);
  return moments.map(
    (i) =>
      !members.some(({ values }) =>
        value === undefined ? (values[i] ?? null) !== null : values[i] === value,
      ),
  );
}

// What absent() says of the series that it does not see: labels that exactly one matcher names, with "=".
function fixedLabels({ matchers }: Selection): Labels {
  const fixed = matchers.filter(
    (m) => m.op === "=" && matchers.filter((other) => other.label === m.label).length === 1,
  );
  return Object.fromEntries(fixed.map(({ label, value }) => [label, value]));
}
