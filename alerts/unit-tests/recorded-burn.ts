import { errorSeries, totalSeries } from "../../model/alerting/error-ratio.ts";
import { LONG_WINDOWS } from "../../model/alerting/tiers.ts";
import type { Slo, Tier } from "../../model/model.ts";
import { foreignRecords } from "./burn-records.ts";
import { meanScene } from "./composite-mean.ts";
import { customStepSeconds } from "./custom.ts";
import { groupOne } from "./groups.ts";
import { periodScene } from "./period.ts";
import type { Play, Scene } from "./scene.ts";
import { distinct, type Labels, type Phase, phaseEnds, phases, type Series } from "./series.ts";

/** Multiples of the threshold over the short and the long window, and of the events that are needed. */
type Moment = readonly [short: number, long: number, events: number];

const COURSE: Phase<Moment>[] = [
  [[0.5, 0.5, 2], 2],
  [[1, 1, 2], 2],
  [[0.99, 1.01, 2], 2],
  [[1.01, 0.99, 2], 2],
  [[1.01, 1.01, 1], 2],
  [[1.01, 1.01, 0.97], 2],
  [[1.01, 1.01, 2], 2],
  [[0.5, 0.5, 2], 2],
];

/**
 * The alert of a tier on ratios that are fed as if they had been recorded: of an SLO whose events are not made here. How the ratios come
 * about has scenes of its own.
 */
export function recordedBurnPlay(slo: Slo, tier: Tier): Play {
  const { sli } = slo;
  const stepSeconds = sli.kind === "custom" ? customStepSeconds(sli, tier.short) : tier.shortSeconds / 5;
  const scenes = [thresholdScene(slo, tier)];
  if (sli.kind === "composite") scenes.push(meanScene({ ...slo, sli }, tier));
  else if (tier === slo.tiers.at(-1))
    scenes.push(periodScene(slo, { stepSeconds, group: groupOne(slo), grid: 1 }));
  return { stepSeconds, scenes };
}

function thresholdScene(slo: Slo, tier: Tier): Scene {
  const course = phases(...COURSE);
  const at = (side: 0 | 1) => course.map((moment) => Number((moment[side] * tier.threshold).toPrecision(12)));
  const events = course.map((moment) => moment[2] * Math.max(1, slo.minimumEvents));
  const loud = course.map(() => 1);
  const one = groupOne(slo);
  const feed = (labels: Labels, values: { short: number[]; long: number[]; events: number[] }): Series[] => [
    ...ratios(slo, tier.short, { labels, values: values.short }),
    ...ratios(slo, tier.long, { labels, values: values.long }),
    ...[tier.short, tier.long]
      .filter((window) => LONG_WINDOWS.has(window))
      .flatMap((window) => counts(slo, window, { labels, values: values.events })),
  ];
  // What other platforms and SLOs record is all bad.
  const records = [errorSeries(tier.short), errorSeries(tier.long)];
  const foreign = [slo, ...partsOf(slo)].flatMap(({ labels }) => [
    ...foreignRecords({ labels: { ...labels, ...one } }, records, { value: 1, steps: course.length }),
    ...foreignRecords({ labels: { ...labels, ...one } }, [totalSeries(tier.long)], {
      value: 1000,
      steps: course.length,
    }),
  ]);
  const other =
    slo.by.length > 0
      ? feed(
          { ...one, [slo.by[0] ?? ""]: "other" },
          { short: loud.map(() => 0), long: loud.map(() => 0), events },
        )
      : [];
  return {
    title: `fires when more than ${tier.threshold} fail over ${tier.long} and over ${tier.short}, and not over one of them`,
    series: distinct([...feed(one, { short: at(0), long: at(1), events }), ...other, ...foreign]),
    steps: course.length,
    looks: phaseEnds(COURSE),
  };
}

interface Values {
  labels: Labels;
  values: number[];
}

/** Series of an SLO's ratio; of a composite its parts', unlike each other, whose weighted mean it is. */
function ratios(slo: Slo, window: string, { labels, values }: Values): Series[] {
  const name = errorSeries(window);
  if (slo.sli.kind !== "composite") return [{ name, labels: { ...slo.labels, ...labels }, values }];
  const { parts } = slo.sli;
  const all = parts.reduce((sum, { weight }) => sum + weight, 0);
  const first = parts[0]?.weight ?? 0;
  // The first has half of the mean, the others share the rest.
  return parts.map((part, i) => {
    const multiple = i === 0 ? 0.5 : (all - first / 2) / (all - first);
    return { name, labels: { ...part.labels, ...labels }, values: values.map((value) => value * multiple) };
  });
}

function counts(slo: Slo, window: string, { labels, values }: Values): Series[] {
  const name = totalSeries(window);
  if (slo.sli.kind !== "composite") {
    return slo.minimumEvents > 0 ? [{ name, labels: { ...slo.labels, ...labels }, values }] : [];
  }
  return slo.sli.parts
    .filter(({ minimumEvents }) => minimumEvents > 0)
    .map((part) => ({
      name,
      labels: { ...part.labels, ...labels },
      values: values.map(() => 2 * part.minimumEvents),
    }));
}

/** Other SLOs, of which a composite is made. */
function partsOf({ sli }: Slo): readonly { labels: Labels }[] {
  return sli.kind === "composite" ? sli.parts : [];
}
