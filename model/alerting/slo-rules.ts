import type { RecordingRule, Slo, Tier } from "../model.ts";

/** The part of an SLO that its rules are written from. */
export type SloQuestion = Pick<
  Slo,
  "sli" | "noTraffic" | "minimumEvents" | "labels" | "objective" | "budget" | "period" | "tiers"
> & { team: string };

/** Error ratio over the last `window`: bad events among all events. */
export function errorRatio(slo: SloQuestion, window: string): string {
  const { bad, total } = eventRates(slo, (series) => `sum(rate(${series}[${window}]))`);
  const ratio = `(${bad}) / (${total} > 0)`;
  // 0/0 is no answer: without traffic nothing failed, unless the SLO says that silence means nothing is known.
  return slo.noTraffic === "good" ? `(${ratio}) or 0 * ${total}` : ratio;
}

/**
 * The series that an SLO records. The period's error ratio divides sums of 5-minute increases: an average of ratios would
 * weigh an idle night like a busy noon.
 */
export function recordingRules(slo: SloQuestion): RecordingRule[] {
  const windows = [...new Set(["5m", ...slo.tiers.flatMap((t) => [t.short, t.long])])];
  const counts = eventRates(slo, (series) => `sum(increase(${series}[5m]))`);
  const own = selectorOf(slo.labels);
  const record = (name: string, expr: string, labels = slo.labels): RecordingRule => ({
    record: name,
    expr,
    labels,
  });
  return [
    ...windows.map((window) => record(errorSeries(window), errorRatio(slo, window))),
    record("slo:sli_total:increase5m", counts.total),
    record("slo:sli_bad:increase5m", counts.bad),
    ...guardWindows(slo).map((window) =>
      record(guardSeries(window), eventRates(slo, (series) => `sum(increase(${series}[${window}]))`).total),
    ),
    record("slo:objective:ratio", `vector(${slo.objective})`),
    record("slo:error_budget:ratio", `vector(${slo.budget})`),
    record("slo:current_burn_rate:ratio", `${errorSeries("5m")}${own} / ${slo.budget}`),
    record(
      "slo:period_error:ratio",
      `sum_over_time(slo:sli_bad:increase5m${own}[${slo.period}]) / (sum_over_time(slo:sli_total:increase5m${own}[${slo.period}]) > 0)`,
    ),
    record("slo:period_error_budget_remaining:ratio", `1 - slo:period_error:ratio${own} / ${slo.budget}`),
    record("slo:info", "vector(1)", {
      ...slo.labels,
      objective: String(slo.objective),
      period: slo.period,
      team: slo.team,
    }),
  ];
}

/** A tier fires when both its windows burn faster than its threshold, and the long one holds enough events to mean something. */
export function burnExpression(slo: SloQuestion, tier: Tier): string {
  const own = selectorOf(slo.labels);
  const both = [tier.short, tier.long].map((window) => `${errorSeries(window)}${own} > ${tier.threshold}`);
  const guard = slo.minimumEvents > 0 ? [`${guardSeries(tier.long)}${own} >= ${slo.minimumEvents}`] : [];
  return [...both, ...guard].join(" and ");
}

const errorSeries = (window: string) => `slo:sli_error:ratio_rate${window}`;
const guardSeries = (window: string) => `slo:sli_total:increase${window}`;
const guardWindows = (slo: SloQuestion) =>
  slo.minimumEvents > 0 ? [...new Set(slo.tiers.map((t) => t.long))] : [];

/** Matchers of platform and SLO: enough to tell its series from all others. */
function selectorOf(labels: Record<string, string>): string {
  return `{platform="${labels.platform}",slo="${labels.slo}"}`;
}

// The smaller side may have no series before its first event: it counts as zero as long as the total has one.
function eventRates(slo: SloQuestion, over: (series: string) => string): { bad: string; total: string } {
  const total = over(slo.sli.total.promql);
  const orZero = (part: string) => `(${part} or 0 * ${total})`;
  if (slo.sli.kind === "bad-events") return { total, bad: orZero(over(slo.sli.bad.promql)) };
  const good = slo.sli.kind === "latency" ? slo.sli.fast.promql : slo.sli.good.promql;
  return { total, bad: `${total} - ${orZero(over(good))}` };
}
