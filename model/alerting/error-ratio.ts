import type { Selection, Sli, Slo, SloPart } from "../model.ts";
import { inspectPromql } from "../promql/inspect.ts";
import { promqlString } from "../selection.ts";
import { LONG_WINDOWS } from "./tiers.ts";

/** The part of an SLO that its ratios are written from. */
export type SliQuestion = Pick<Slo, "sli" | "by" | "noTraffic" | "labels">;

/** SLIs of which each minute is an event: those of a gauge. */
export type MinutesSli = Extract<Sli, { kind: "freshness" | "gauge" }>;

/** Whether an SLI counts minutes. */
export function countsMinutes(sli: Sli): sli is MinutesSli {
  return sli.kind === "freshness" || sli.kind === "gauge";
}

/** Name of the recorded error ratio over a window. */
export const errorSeries = (window: string) => `slo:sli_error:ratio_rate${window}`;
/** Name of the recorded number of events in a window. */
export const totalSeries = (window: string) => `slo:sli_total:increase${window}`;
/** Name of the recorded number of bad events in five minutes. */
export const BAD_COUNT = "slo:sli_bad:increase5m";
/** Name of what is recorded of minutes: 1 while it is bad, 0 while it is good. */
export const BAD_NOW = "slo:sli_bad:bool";

/** Matchers of platform and SLO: enough to tell its series from all others. */
export function ownSelector(labels: Record<string, string>): string {
  return `{platform=${promqlString(labels.platform ?? "")},slo=${promqlString(labels.slo ?? "")}}`;
}

/** 1 while a gauge is not as it should be, otherwise 0. What is not a number is bad. */
export function badNow({ sli, by }: { sli: MinutesSli; by: readonly string[] }): string {
  const value = `${sli.aggregate}${grouped(by)}(${sli.of.promql})`;
  if (sli.kind === "gauge") return `1 - (${value} ${sli.is} bool ${sli.value})`;
  return `1 - (time() - ${value} < bool ${sli.youngerThanSeconds})`;
}

/** Bad and all events in the last `window`; none of a composite, which has no events of its own. */
export function eventCounts(slo: SliQuestion, window: string): { bad: string; total: string } | undefined {
  if (slo.sli.kind === "composite") return undefined;
  if (countsMinutes(slo.sli)) {
    const minutes = `${BAD_NOW}${ownSelector(slo.labels)}[${window}:1m]`;
    return { bad: `sum_over_time(${minutes})`, total: `count_over_time(${minutes})` };
  }
  const { part, total, counts } = sidesOf({ ...slo, sli: slo.sli }, { window, measure: "increase" });
  // The counted side may have no series before its first event: it counts as zero as long as the total has one.
  const filled = `${part} or 0 * ${total}`;
  return { total, bad: counts === "bad" ? filled : `${total} - (${filled})` };
}

/** Error ratio over the last `window`: bad events among all events. */
export function errorRatio(slo: SliQuestion, window: string): string {
  const { sli, by } = slo;
  if (sli.kind === "composite") {
    const guard = LONG_WINDOWS.has(window) && { total: totalSeries(window) };
    return weightedMean({ parts: sli.parts, by }, { record: errorSeries(window), ...guard });
  }
  if (countsMinutes(sli)) return `avg_over_time(${BAD_NOW}${ownSelector(slo.labels)}[${window}])`;
  const { part, total, counts, ratio } = sidesOf({ ...slo, sli }, { window, measure: "rate" });
  // The same zero as above; cheaper where there is only one sum.
  const filled = `(${part} or ${by.length > 0 ? `0 * ${total}` : "vector(0)"})`;
  // 0/0 is no answer: without traffic nothing failed, unless the SLO says that silence means nothing is known. Where bad events are
  // some of all events there are none without the others, and one sum the less says the same.
  if (slo.noTraffic === "good" && countsSomeOf(sli)) {
    return `${filled} / clamp_min(${total}, ${LESS_THAN_ANY})`;
  }
  const share = `${filled} / (${total} > 0)`;
  const bad = ratio ?? (counts === "bad" ? share : `1 - ${share}`);
  return slo.noTraffic === "good" ? `${bad} or 0 * ${total}` : bad;
}

/** Events a second, fewer than one in any window: one in three days is 4e-6. */
const LESS_THAN_ANY = "1e-9";

type Chosen = Pick<Selection, "series" | "matchers">;

/** Whether an SLI's bad events are some of all its events. */
function countsSomeOf(sli: EventSli): boolean {
  if (sli.kind === "bad-events") return isPart(sli.bad, sli.total);
  if (sli.kind !== "custom" || sli.counts !== "bad") return false;
  const [part, whole] = [onlySum(sli.part), onlySum(sli.total)];
  return part !== undefined && whole !== undefined && isPart(part, whole);
}

/** Whether every series of the one selection is one of the other, by the matchers that they share. */
function isPart(part: Chosen, whole: Chosen): boolean {
  const has = ({ label, op, value }: Chosen["matchers"][number]) =>
    part.matchers.some((own) => own.label === label && own.op === op && own.value === value);
  return part.series === whole.series && whole.matchers.every(has);
}

/** What a custom expression counts, if it is the sum of one selection's increases and nothing else. */
function onlySum(expr: string): Chosen | undefined {
  if (!sums.has(expr)) sums.set(expr, readSum(expr));
  return sums.get(expr);
}

// The same is asked for every window.
const sums = new Map<string, Chosen | undefined>();

function readSum(expr: string): Chosen | undefined {
  const text = expr.replaceAll("$window", "000005m");
  const [only, ...others] = inspectPromql(text).selectors;
  if (!only || only.name === undefined || others.length > 0) return undefined;
  const isSum = text === `sum(increase(${text.slice(only.from, only.to)}[000005m]))`;
  return isSum ? { series: only.name, matchers: only.matchers as Chosen["matchers"] } : undefined;
}

/**
 * The mean of a recorded ratio of several SLOs, by their weights. A part without a value has no say, and none that had too few events
 * in the window, where `total` names their recorded number.
 */
export function weightedMean(
  { parts, by }: { parts: readonly SloPart[]; by: readonly string[] },
  { record, total }: { record: string; total?: string },
): string {
  const ratios = parts.map(({ labels, minimumEvents, weight }) => {
    const own = ownSelector(labels);
    const guard = total && minimumEvents > 0 ? ` and ${total}${own} >= ${minimumEvents}` : "";
    return { weight, ratio: guard ? `(${record}${own}${guard})` : `${record}${own}` };
  });
  const sum = (power: string) =>
    `sum${grouped(by)}(${ratios.map(({ weight, ratio }) => `${weight} * ${ratio}${power}`).join(" or ")})`;
  return `${sum("")} / ${sum(" ^ 0")}`;
}

type EventSli = Exclude<Sli, MinutesSli | { kind: "composite" }>;

/** The counted part of the events and all of them, as counts or as rates: only their ratio is the same, which some tell at less cost. */
function sidesOf(
  { sli, by }: { sli: EventSli; by: readonly string[] },
  { window, measure }: { window: string; measure: "rate" | "increase" },
): { part: string; total: string; counts: "bad" | "good"; ratio?: string } {
  const sum = (inner: string) => `sum${grouped(by)}(${inner})`;
  const over = (series: string) => sum(`${measure}(${series}[${window}])`);
  switch (sli.kind) {
    case "bad-events":
      return { part: over(sli.bad.promql), total: over(sli.total.promql), counts: "bad" };
    case "good-events":
      return { part: over(sli.good.promql), total: over(sli.total.promql), counts: "good" };
    case "latency":
      return { part: over(sli.fast.promql), total: over(sli.total.promql), counts: "good" };
    case "native-latency": {
      const observed = over(sli.total.promql);
      const total = `histogram_count(${observed})`;
      // Of no observations the fraction is not a number. From -Inf: the bucket around zero counts as a whole.
      const fast = `histogram_fraction(-Inf, ${sli.thresholdSeconds}, ${observed})`;
      const ratio = `1 - ${fast} and ${total} > 0`;
      return { part: `${fast} * (${total} > 0)`, total, counts: "good", ratio };
    }
    case "custom": {
      // A sum of a sum is the same sum.
      const isWhole = (expr: string) => by.length === 0 && onlySum(expr) !== undefined;
      const filled = (expr: string) =>
        isWhole(expr) ? expr.replaceAll("$window", window) : sum(expr.replaceAll("$window", window));
      return { part: filled(sli.part), total: filled(sli.total), counts: sli.counts };
    }
  }
}

function grouped(by: readonly string[]): string {
  return by.length > 0 ? ` by (${by.join(", ")}) ` : "";
}
