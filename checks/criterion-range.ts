import type { Criterion, Objective } from "../model/model.ts";

/** The values that some criteria let through: from `low` to `high`, without an end that is open. */
export interface Range {
  low: number;
  lowOpen: boolean;
  high: number;
  highOpen: boolean;
}

/** What one entry of `pass` or `warn` lets through, by the value itself and by its change against earlier runs. */
export interface Allowed {
  absolute: Range;
  relative: Range;
}

type Indicator = Objective["indicator"];

/** Every value that an indicator can have: never below 0, and never above 1 for a share of events. */
export function possible(indicator: Indicator): Allowed {
  const between = (low: number, high: number): Range => ({ low, lowOpen: false, high, highOpen: false });
  return { absolute: between(0, isShare(indicator) ? 1 : Infinity), relative: between(-1, Infinity) };
}

function isShare(indicator: Indicator): boolean {
  if (indicator.kind === "slo") return indicator.measure !== "burn-rate";
  if (indicator.kind === "load") return indicator.measure === "error-rate";
  return indicator.kind === "evidence" && indicator.unit === "ratio" && indicator.evidence !== "benchmark";
}

/** What the criteria of one entry, which must all hold, let through. */
export function allowed(criteria: readonly Criterion[], indicator: Indicator): Allowed {
  const { absolute, relative } = possible(indicator);
  return {
    absolute: criteria.filter((c) => !c.relative).reduce(narrowed, absolute),
    relative: criteria.filter((c) => c.relative).reduce(narrowed, relative),
  };
}

function narrowed(range: Range, { operator, value }: Criterion): Range {
  const open = operator === "<" || operator === ">";
  let { low, lowOpen, high, highOpen } = range;
  if (operator !== "<" && operator !== "<=") {
    if (value > low || (value === low && open)) [low, lowOpen] = [value, open];
  }
  if (operator !== ">" && operator !== ">=") {
    if (value < high || (value === high && open)) [high, highOpen] = [value, open];
  }
  return { low, lowOpen, high, highOpen };
}

/** Whether nothing at all gets through. */
export function isEmpty({ absolute, relative }: Allowed): boolean {
  return [absolute, relative].some((r) => r.low > r.high || (r.low === r.high && (r.lowOpen || r.highOpen)));
}

/** Whether all that `inner` lets through gets through `outer` too. */
export function isWithin(inner: Allowed, outer: Allowed): boolean {
  return rangeWithin(inner.absolute, outer.absolute) && rangeWithin(inner.relative, outer.relative);
}

function rangeWithin(inner: Range, outer: Range): boolean {
  const low = inner.low > outer.low || (inner.low === outer.low && (inner.lowOpen || !outer.lowOpen));
  const high = inner.high < outer.high || (inner.high === outer.high && (inner.highOpen || !outer.highOpen));
  return low && high;
}

/** Whether the worst value that the indicator can have gets through. */
export function letsWorstThrough(entry: Allowed, indicator: Indicator): boolean {
  const all = possible(indicator);
  const ranges = [
    [entry.absolute, all.absolute],
    [entry.relative, all.relative],
  ] as const;
  const lowest = ranges.every(([range, whole]) => range.low === whole.low && !range.lowOpen);
  const highest = ranges.every(([range, whole]) => range.high === whole.high && !range.highOpen);
  if (indicator.kind === "slo") return indicator.measure === "burn-rate" ? highest : lowest;
  if (indicator.kind === "load") return indicator.measure === "throughput" ? lowest : highest;
  return lowest && highest;
}
