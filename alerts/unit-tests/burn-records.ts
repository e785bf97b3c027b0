// The series that an SLO records: how they are fed, and which values they must have.
import { PERIOD_START, periodStart } from "../../model/alerting/calendar.ts";
import type { Slo, Tier } from "../../model/model.ts";
import type { Amounts, Share } from "./mixture.ts";
import type { Recorded, Scene } from "./scene.ts";
import { type Labels, phases, type Series } from "./series.ts";
import { type EventSlo, errorRatio, eventCounts, periodErrorRatio, sidesOf } from "./sli.ts";

/** What is to be fed so that the SLO's events fail in the given ratios. */
export function errorShare(
  slo: EventSlo,
  { ratios, perStep }: { ratios: readonly number[]; perStep: number },
): { share: Share; amounts: Amounts } {
  const { part, whole, counts } = sidesOf(slo);
  const one = ratios.map((ratio) => Math.round(ratio * perStep));
  return {
    share: { part, whole, by: slo.by, counts: counts === "bad" ? "one" : "rest" },
    amounts: { one, rest: one.map((bad) => perStep - bad) },
  };
}

/** Series of the same names that other platforms and other SLOs record. */
export function foreignRecords(
  { labels: own }: Pick<Slo, "labels">,
  records: readonly string[],
  { value, steps }: { value: number; steps: number },
): Series[] {
  const values = phases([value, steps]);
  return ["platform", "slo"].flatMap((label) =>
    records.map((name) => ({ name, labels: { ...own, [label]: "another" }, values })),
  );
}

interface Fed extends Pick<Scene, "series"> {
  stepSeconds: number;
  at: number;
  /** The group whose records are looked at. */
  group?: Labels;
}

/** What an SLO records beside its tiers' windows, as far as 5-minute windows can be seen at this pace. */
export function standingRecords(slo: Slo, team: string, { at, group = {}, ...rest }: Fed): Recorded[] {
  const fed = { ...membersOf(rest, group), moments: Array.from({ length: at + 1 }, (_, i) => i) };
  const now = (track: readonly (number | undefined)[]) => track[at];
  const { bad, total } = eventCounts(slo, fed, 300);
  const ratio = now(errorRatio(slo, fed, 300));
  const period = now(periodErrorRatio(slo, fed));
  const values: [record: string, value: number | undefined][] = [
    ["slo:sli_total:increase5m", now(total)],
    ["slo:sli_bad:increase5m", now(bad)],
    ["slo:current_burn_rate:ratio", ratio && ratio / slo.budget],
    ["slo:period_error:ratio", period],
    ["slo:period_error_budget_remaining:ratio", period === undefined ? undefined : 1 - period / slo.budget],
  ];
  const { labels } = slo;
  return [
    ...values.map(([record, value]) => ({ record, labels, group, at, value })),
    ...constantRecords(slo, team, at),
  ];
}

/** What an SLO records of itself. */
export function constantRecords(slo: Slo, team: string, at: number): Recorded[] {
  const { labels, objective, budget, period } = slo;
  return [
    { record: "slo:objective:ratio", labels, at, value: objective },
    { record: "slo:error_budget:ratio", labels, at, value: budget },
    {
      record: "slo:info",
      labels: { ...labels, objective: String(objective), period, team },
      at,
      value: 1,
    },
    // A test's clock begins with 1970, and with it a month and a quarter.
    ...(periodStart(period) ? [{ record: PERIOD_START, labels, at, value: 0 }] : []),
  ];
}

function membersOf<T extends Pick<Scene, "series">>(fed: T, group: Labels): T {
  const isMember = (one: Series) =>
    Object.entries(group).every(([label, value]) => one.labels[label] === value);
  return { ...fed, series: fed.series.filter(isMember) };
}

/** What an SLO records over a tier's windows. */
export function windowRecords(slo: Slo, tier: Tier, { at, group = {}, ...rest }: Fed): Recorded[] {
  const fed = { ...membersOf(rest, group), moments: [at] };
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
  return records.map((one) => ({ ...one, labels: slo.labels, group, at }));
}
