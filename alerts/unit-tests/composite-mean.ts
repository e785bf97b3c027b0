import { errorSeries, totalSeries } from "../../model/alerting/error-ratio.ts";
import { LONG_WINDOWS } from "../../model/alerting/tiers.ts";
import type { Sli, Slo, Tier } from "../../model/model.ts";
import { foreignRecords } from "./burn-records.ts";
import { groupOne } from "./groups.ts";
import { meanOfParts } from "./recorded.ts";
import type { Recorded, Scene } from "./scene.ts";
import { distinct, type Series } from "./series.ts";

type CompositeSlo = Slo & { sli: Extract<Sli, { kind: "composite" }> };

const PERIOD = "slo:period_error:ratio";

/** What a composite records when its parts differ, when each of them in turn has too few events, and when one is not known. */
export function meanScene(slo: CompositeSlo, tier: Tier): Scene {
  const { parts } = slo.sli;
  const group = groupOne(slo);
  // Two samples all is well, two for each part that has few events, two without the first part.
  const steps = 2 * (parts.length + 2);
  const series = parts.flatMap((part, i): Series[] => {
    const labels = { ...part.labels, ...group };
    const isGone = (step: number) => i === 0 && step >= steps - 2;
    const hasFew = (step: number) => Math.floor(step / 2) === i + 1;
    // Unlike in every part and in every window.
    const values = (unlike: number) =>
      Array.from({ length: steps }, (_, step) => (isGone(step) ? null : 0.01 * (i + 1) ** 2 * unlike));
    const events = values(1).map((_, step) => (hasFew(step) ? 0.97 : 1) * part.minimumEvents);
    return [
      ...["5m", tier.short, tier.long].map((window, w) => ({
        name: errorSeries(window),
        labels,
        values: values(1 + w),
      })),
      { name: PERIOD, labels, values: values(5) },
      { name: totalSeries(tier.long), labels, values: events },
      // The short window may be another tier's long one: there are always enough in it.
      ...(LONG_WINDOWS.has(tier.short)
        ? [{ name: totalSeries(tier.short), labels, values: events.map(() => 2 * part.minimumEvents) }]
        : []),
    ];
  });
  const foreign = [slo, ...parts].flatMap(({ labels }) =>
    foreignRecords({ labels: { ...labels, ...group } }, [errorSeries("5m"), PERIOD], { value: 1, steps }),
  );
  const all = distinct([...series, ...foreign]);
  const looks = Array.from({ length: steps / 2 }, (_, i) => 2 * i + 1);
  return {
    title: "is the weighted mean of what its parts record, of those that have something to say",
    series: all,
    steps,
    recorded: looks.flatMap((at) => meanRecords(slo, tier, { series: all, at })),
  };
}

function meanRecords(
  slo: CompositeSlo,
  tier: Tier,
  { series, at }: { series: Series[]; at: number },
): Recorded[] {
  const mean = (record: string, total?: string) =>
    meanOfParts(slo.sli, { series, moments: [at], stepSeconds: 60 }, { record, ...(total && { total }) })[0];
  const guarded = (window: string) =>
    mean(errorSeries(window), LONG_WINDOWS.has(window) ? totalSeries(window) : undefined);
  const now = mean(errorSeries("5m"));
  const period = mean(PERIOD);
  const values: [record: string, value: number | undefined][] = [
    [errorSeries(tier.short), guarded(tier.short)],
    [errorSeries(tier.long), guarded(tier.long)],
    ["slo:current_burn_rate:ratio", now === undefined ? undefined : now / slo.budget],
    [PERIOD, period],
    ["slo:period_error_budget_remaining:ratio", period === undefined ? undefined : 1 - period / slo.budget],
  ];
  const group = groupOne(slo);
  return values.map(([record, value]) => ({ record, labels: slo.labels, group, at, value }));
}
