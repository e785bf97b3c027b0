// Ratios and counts that a test feeds as if they had been recorded: of SLOs whose events it cannot make, and of a composite's parts.
import { errorSeries, totalSeries } from "../../model/alerting/error-ratio.ts";
import { LONG_WINDOWS } from "../../model/alerting/tiers.ts";
import type { Sli, Slo } from "../../model/model.ts";
import type { Fed } from "./candidate.ts";
import type { Track } from "./extrapolation.ts";
import type { Labels, Series } from "./series.ts";

/** Whether a fed series is a recorded one of an SLO. */
export function isRecord({ name, labels }: Series, of: { record: string; labels: Labels }): boolean {
  return name === of.record && labels.platform === of.labels.platform && labels.slo === of.labels.slo;
}

/** A recorded value at each moment, as it was fed; nothing was fed: undefined. */
export function fedTrack(fed: Fed, of: { record: string; labels: Labels }): Track | undefined {
  const series = fed.series.find((one) => isRecord(one, of));
  return series && fed.moments.map((i) => series.values[i] ?? undefined);
}

/** An SLO's error ratio over a window as it follows from fed records; undefined if none were fed. */
export function fedRatio(slo: Slo, fed: Fed, window: string): Track | undefined {
  if (slo.sli.kind !== "composite") return fedTrack(fed, { record: errorSeries(window), labels: slo.labels });
  const guard = LONG_WINDOWS.has(window) && { total: totalSeries(window) };
  return meanOfParts(slo.sli, fed, { record: errorSeries(window), ...guard });
}

/** The weighted mean of what the parts of a composite record: of those that have a value, and enough events where that is asked. */
export function meanOfParts(
  { parts }: Extract<Sli, { kind: "composite" }>,
  fed: Fed,
  { record, total }: { record: string; total?: string },
): Track {
  const tracks = parts.map(({ labels, weight, minimumEvents }) => ({
    weight,
    ratio: fedTrack(fed, { record, labels }),
    events: total && minimumEvents > 0 ? fedTrack(fed, { record: total, labels }) : undefined,
    needed: total ? minimumEvents : 0,
  }));
  return fed.moments.map((_, i) => {
    const said = tracks.flatMap(({ weight, ratio, events, needed }) => {
      const value = ratio?.[i];
      const isEnough = needed === 0 || (events?.[i] ?? 0) >= needed;
      return value === undefined || !isEnough ? [] : [{ weight, value }];
    });
    const weights = said.reduce((sum, { weight }) => sum + weight, 0);
    return weights > 0 ? said.reduce((sum, one) => sum + one.weight * one.value, 0) / weights : undefined;
  });
}
