// The series that an SLO records: how they are fed, and which values they must have.
import type { Slo, Tier } from "../../model/model.ts";
import type { Amounts, Share } from "./mixture.ts";
import type { Recorded, Scene } from "./scene.ts";
import { phases, type Series } from "./series.ts";
import { errorRatio, eventCounts, periodErrorRatio, sidesOf } from "./sli.ts";

/** What is to be fed so that the SLO's events fail in the given ratios. */
export function errorShare(
  slo: Slo,
  { ratios, perStep }: { ratios: readonly number[]; perStep: number },
): { share: Share; amounts: Amounts } {
  const { part, whole, counts } = sidesOf(slo);
  const one = ratios.map((ratio) => Math.round(ratio * perStep));
  return {
    share: { part, whole, by: [], counts: counts === "bad" ? "one" : "rest" },
    amounts: { one, rest: one.map((bad) => perStep - bad) },
  };
}

/** Series of the same names that other platforms and other SLOs record. */
export function foreignRecords(
  slo: Slo,
  records: readonly string[],
  { value, steps }: { value: number; steps: number },
): Series[] {
  const values = phases([value, steps]);
  return ["platform", "slo"].flatMap((label) =>
    records.map((name) => ({ name, labels: { ...slo.labels, [label]: "another" }, values })),
  );
}

interface Fed extends Pick<Scene, "series"> {
  stepSeconds: number;
  at: number;
}

/** What an SLO records beside its tiers' windows, as far as 5-minute windows can be seen at this pace. */
export function standingRecords(slo: Slo, team: string, { at, ...rest }: Fed): Recorded[] {
  const fed = { ...rest, moments: Array.from({ length: at + 1 }, (_, i) => i) };
  const now = (track: readonly (number | undefined)[]) => track[at];
  const { bad, total } = eventCounts(slo, fed, 300);
  const ratio = now(errorRatio(slo, fed, 300));
  const period = now(periodErrorRatio(slo, fed));
  const values: [record: string, value: number | undefined][] = [
    ["slo:sli_total:increase5m", now(total)],
    ["slo:sli_bad:increase5m", now(bad)],
    ["slo:objective:ratio", slo.objective],
    ["slo:error_budget:ratio", slo.budget],
    ["slo:current_burn_rate:ratio", ratio && ratio / slo.budget],
    ["slo:period_error:ratio", period],
    ["slo:period_error_budget_remaining:ratio", period === undefined ? undefined : 1 - period / slo.budget],
  ];
  const { labels, objective, period: periodText } = slo;
  return [
    ...values.map(([record, value]) => ({ record, labels, at, value })),
    {
      record: "slo:info",
      labels: { ...labels, objective: String(objective), period: periodText, team },
      at,
      value: 1,
    },
  ];
}

/** What an SLO records over a tier's windows. */
export function windowRecords(slo: Slo, tier: Tier, { at, ...rest }: Fed): Recorded[] {
  const fed = { ...rest, moments: [at] };
  const windows: [name: string, seconds: number][] = [
    [tier.short, tier.shortSeconds],
    [tier.long, tier.longSeconds],
  ];
  const ratios = windows.map(([name, seconds]) => ({
    record: `slo:sli_error:ratio_rate${name}`,
    value: errorRatio(slo, fed, seconds)[0],
  }));
  const { total } = eventCounts(slo, fed, tier.longSeconds);
  const guard = { record: `slo:sli_total:increase${tier.long}`, value: total[0] };
  const records = slo.minimumEvents > 0 ? [...ratios, guard] : ratios;
  return records.map((one) => ({ ...one, labels: slo.labels, at }));
}
