import { atLeast } from "./hypergeometric.ts";

export interface TailComparison {
  /** One-sided and exact: how likely so many of the largest values are the canary's if both are the same. */
  p: number;
  /** The canary's quantile as a multiple of the baseline's. */
  ratio: number;
}

/**
 * The quantile test (Johnson, Verrill and Moore, 1987): of the values above the pooled quantile, how many are the canary's? It sees what a test of
 * location does not: a spread that grew, or a few requests that became very slow. Values that equal the quantile count as below.
 */
export function tailHeavier(
  baseline: readonly number[],
  canary: readonly number[],
  { quantile }: { quantile: number },
): TailComparison {
  const pooled = [...baseline, ...canary].sort((a, b) => a - b);
  const border = quantileOf(pooled, quantile);
  const above = (values: readonly number[]) => values.filter((value) => value > border).length;
  const marked = above(pooled);
  const p = atLeast(above(canary), { all: pooled.length, marked, drawn: canary.length });
  const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
  const [before, now] = [quantileOf(sorted(baseline), quantile), quantileOf(sorted(canary), quantile)];
  return { p, ratio: before === now ? 1 : now / before };
}

/** The smallest value that at least the share q of them do not exceed. */
function quantileOf(sorted: readonly number[], q: number): number {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}
