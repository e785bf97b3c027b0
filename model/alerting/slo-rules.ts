import type { RecordingRule, Slo, Tier } from "../model.ts";
import { calendarRules, periodStart } from "./calendar.ts";
import {
  BAD_COUNT,
  BAD_NOW,
  badNow,
  countsMinutes,
  errorRatio,
  errorSeries,
  eventCounts,
  ownSelector,
  totalSeries,
  weightedMean,
} from "./error-ratio.ts";
import { LONG_WINDOWS } from "./tiers.ts";

/** The part of an SLO that its rules are written from. */
export type SloQuestion = Pick<
  Slo,
  "sli" | "by" | "noTraffic" | "minimumEvents" | "labels" | "objective" | "budget" | "period" | "tiers"
> & {
  team: string;
  /** The tiers whose windows are recorded: its own, and those of composites that it is a part of. */
  recordedTiers: readonly Tier[];
  /** Of them, those of composites. */
  wholesTiers: readonly Tier[];
};

/**
 * The series that an SLO records. The period's error ratio divides sums of 5-minute counts: an average of ratios would
 * weigh an idle night like a busy noon.
 */
export function recordingRules(slo: SloQuestion): RecordingRule[] {
  const windows = [...new Set(["5m", ...slo.recordedTiers.flatMap((t) => [t.short, t.long])])];
  const own = ownSelector(slo.labels);
  const record = (name: string, expr: string, labels = slo.labels): RecordingRule => ({
    record: name,
    expr,
    labels,
  });
  return [
    ...(countsMinutes(slo.sli) ? [record(BAD_NOW, badNow({ sli: slo.sli, by: slo.by }))] : []),
    ...windows.map((window) => record(errorSeries(window), errorRatio(slo, window))),
    ...countRules(slo, windows).map(([name, expr]) => record(name, expr)),
    record("slo:objective:ratio", `vector(${slo.objective})`),
    record("slo:error_budget:ratio", `vector(${slo.budget})`),
    record("slo:current_burn_rate:ratio", `${errorSeries("5m")}${own} / ${slo.budget}`),
    ...periodRules(slo).map(([name, expr]) => record(name, expr)),
    record("slo:info", "vector(1)", {
      ...slo.labels,
      objective: String(slo.objective),
      period: slo.period,
      team: slo.team,
    }),
  ];
}

type Named = [record: string, expr: string];

/** Events of five minutes, of which the period's are added up, and of the windows in which there must be enough of them. */
function countRules(slo: SloQuestion, windows: readonly string[]): Named[] {
  const counts = eventCounts(slo, "5m");
  if (!counts) return [];
  // A tier asks for the events of its long window, a composite for those of each window that is long to some tier.
  const read = [...slo.tiers.map(({ long }) => long), ...slo.wholesTiers.flatMap((t) => [t.short, t.long])];
  const isRead = (window: string) => LONG_WINDOWS.has(window) && read.includes(window);
  const guarded = slo.minimumEvents > 0 ? windows.filter(isRead) : [];
  return [
    [totalSeries("5m"), counts.total],
    [BAD_COUNT, counts.bad],
    ...guarded.map((window): Named => [totalSeries(window), eventCounts(slo, window)?.total ?? ""]),
  ];
}

function periodRules(slo: SloQuestion): Named[] {
  const own = ownSelector(slo.labels);
  return [
    ...periodErrorRules(slo, own),
    ["slo:period_error_budget_remaining:ratio", `1 - slo:period_error:ratio${own} / ${slo.budget}`],
  ];
}

function periodErrorRules({ sli, by, period }: SloQuestion, own: string): Named[] {
  const record = "slo:period_error:ratio";
  if (sli.kind === "composite") return [[record, weightedMean({ parts: sli.parts, by }, { record })]];
  const counts = { bad: BAD_COUNT, total: totalSeries("5m") };
  if (periodStart(period)) return calendarRules({ period, own }, counts);
  const sum = (series: string) => `sum_over_time(${series}${own}[${period}])`;
  return [[record, `${sum(counts.bad)} / (${sum(counts.total)} > 0)`]];
}

/** A tier fires when both its windows burn faster than its threshold, and the long one holds enough events to mean something. */
export function burnExpression(slo: Pick<Slo, "labels" | "minimumEvents" | "sli">, tier: Tier): string {
  const own = ownSelector(slo.labels);
  const both = [tier.short, tier.long].map((window) => `${errorSeries(window)}${own} > ${tier.threshold}`);
  const guard = slo.minimumEvents > 0 ? [`${totalSeries(tier.long)}${own} >= ${slo.minimumEvents}`] : [];
  return [...both, ...guard].join(" and ");
}
