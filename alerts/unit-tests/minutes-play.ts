import { BAD_NOW, type MinutesSli } from "../../model/alerting/error-ratio.ts";
import type { Alert, Slo, Tier } from "../../model/model.ts";
import { foreignRecords, standingRecords, windowRecords } from "./burn-records.ts";
import { comesAndGoes, oneGroupGone, onlyWhere } from "./gone.ts";
import { groupOf } from "./groups.ts";
import { badAt } from "./minutes.ts";
import { recordedBurnPlay } from "./recorded-burn.ts";
import { beyond, holdPace, type Play, type Scene } from "./scene.ts";
import { neighbour, strangers } from "./selecting.ts";
import { type Labels, phases, type Series } from "./series.ts";
import { thresholdPlay } from "./threshold.ts";

/** An SLO of which each minute is an event. */
export type MinutesSlo = Slo & { sli: MinutesSli };

/** The alert of a tier on fed ratios, and how the ratios come about from a gauge that was bad for a while. */
export function minutesBurnPlay(slo: MinutesSlo, tier: Tier): Play {
  const play = recordedBurnPlay(slo, tier);
  return { ...play, scenes: [...play.scenes, windowScene(slo, tier, play.stepSeconds)] };
}

/** Bad for long, good for most of the long window, then bad for three fifths of the short one. */
function windowScene(slo: MinutesSlo, tier: Tier, stepSeconds: number): Scene {
  const n = Math.ceil(tier.longSeconds / stepSeconds);
  const isBad = phases([false, 3], [true, n], [false, Math.floor(0.7 * n)], [true, 3], [false, 2]);
  const scene = {
    title: `counts every minute of ${tier.long} and of ${tier.short} alike`,
    series: [
      ...gauges(slo, { isBad, stepSeconds }),
      ...foreignRecords(ownRecords(slo), [BAD_NOW], { value: 1, steps: isBad.length }),
    ],
    steps: isBad.length,
  };
  const fed = { ...scene, stepSeconds, at: isBad.length - 1, group: groupOf(slo.sli.of.sample, slo.by) };
  return { ...scene, recorded: windowRecords(slo, tier, fed) };
}

/** The gauge vanishes, briefly and for long; there never was one; what is good and what is bad; what its budget is worked out from. */
export function minutesAbsentPlay({ forSeconds, labels }: Alert, slo: MinutesSlo): Play {
  const { stepSeconds, hold } = holdPace(forSeconds);
  const pace = { stepSeconds, hold };
  const scenes = [
    goingScene(slo, { ...pace, team: labels.team ?? "" }),
    { title: "fires when there never was a series", series: strange(slo, hold + 3), steps: hold + 3 },
    verdictScene(slo, stepSeconds),
  ];
  if (slo.by.length > 0) scenes.push(groupScene(slo, pace));
  return { stepSeconds, scenes };
}

const LOOK = 7;

function goingScene(
  slo: MinutesSlo,
  { stepSeconds, hold, team }: { stepSeconds: number; hold: number; team: string },
): Scene {
  const { isThere, looks } = comesAndGoes(LOOK + 1, hold);
  // One sample of the last five minutes before the look is bad.
  const isBad = isThere.map((_, i) => i === LOOK - 1 || i === 2);
  const series = [
    ...onlyWhere(isThere, gauges(slo, { isBad, stepSeconds })),
    ...strange(slo, isThere.length),
    ...foreignRecords(ownRecords(slo), [BAD_NOW, "slo:sli_error:ratio_rate5m", "slo:period_error:ratio"], {
      value: 1,
      steps: isThere.length,
    }),
  ];
  const scene = {
    title: "fires when the gauge is gone for long enough, and resolves when it is back",
    series,
    steps: isThere.length,
    looks,
  };
  const group = groupOf(slo.sli.of.sample, slo.by);
  return { ...scene, recorded: standingRecords(slo, team, { ...scene, stepSeconds, at: LOOK, group }) };
}

/** A gauge close to what is good, at its edge and beyond, in several instances beside series that are not meant. */
function verdictScene(slo: MinutesSlo, stepSeconds: number): Scene {
  const { sli } = slo;
  // A young time is a great number: the newest has the smallest age.
  const signal =
    sli.kind === "gauge"
      ? { aggregate: sli.aggregate, is: sli.is, value: sli.value }
      : {
          aggregate: sli.aggregate === "max" ? ("min" as const) : ("max" as const),
          is: "<" as const,
          value: sli.youngerThanSeconds,
        };
  const [scene] = thresholdPlay({ kind: "threshold", of: sli.of, by: slo.by, ...signal }, 0).scenes;
  const series = (scene?.series ?? []).map((one) => asGauge(sli, one, stepSeconds));
  const group = groupOf(sli.of.sample, slo.by);
  const own = series.filter((one) =>
    Object.entries(group).every(([label, value]) => one.labels[label] === value),
  );
  const bad = badAt(sli, { series: own, stepSeconds });
  const looks = scene?.looks ?? [];
  return {
    title: "tells good minutes from bad ones",
    series,
    steps: scene?.steps ?? 0,
    recorded: looks.map((at) => ({ record: BAD_NOW, labels: slo.labels, group, at, value: bad[at] })),
  };
}

/** One of two groups vanishes while the other stays; after an hour it is no longer missed. */
function groupScene(slo: MinutesSlo, pace: { stepSeconds: number; hold: number }): Scene {
  const { title, isThere, looks } = oneGroupGone(pace);
  const { stepSeconds } = pace;
  const isBad = isThere.map(() => false);
  const gone = onlyWhere(isThere, gauges(slo, { isBad, stepSeconds }));
  return {
    title,
    series: [...gone, ...gauges(slo, { isBad, stepSeconds, labels: neighbour([slo.sli.of], slo.by) ?? {} })],
    steps: isThere.length,
    looks,
  };
}

function gauges(
  { sli }: MinutesSlo,
  { isBad, stepSeconds, labels = {} }: { isBad: readonly boolean[]; stepSeconds: number; labels?: Labels },
): Series[] {
  const signal = sli.kind === "gauge" ? sli : ({ is: "<", value: sli.youngerThanSeconds } as const);
  const values = isBad.map((bad) => beyond(signal, bad ? -0.5 : 0.5));
  return [
    asGauge(sli, { name: sli.of.series, labels: { ...sli.of.sample, ...labels }, values }, stepSeconds),
  ];
}

/** Of freshness the values are ages, and the gauge is the time at which something happened. */
function asGauge({ kind }: MinutesSli, series: Series, stepSeconds: number): Series {
  if (kind === "gauge") return series;
  const values = series.values.map((age, i) => (age === null ? null : i * stepSeconds - age));
  return { ...series, values };
}

/** Labels of what is recorded for the group that is fed. */
function ownRecords({ labels, sli, by }: MinutesSlo): { labels: Labels } {
  return { labels: { ...labels, ...groupOf(sli.of.sample, by) } };
}

function strange({ sli }: MinutesSlo, steps: number): Series[] {
  return strangers(sli.of).map(({ labels }) => ({ name: sli.of.series, labels, values: phases([1, steps]) }));
}
