import { nearestRank } from "../gate/quantile.ts";
import { atLeast } from "./hypergeometric.ts";

export interface TailComparison {
  /** One-sided and exact: how likely so many of the largest values are the canary's if both are the same. */
  p: number;
  /** The canary's quantile as a multiple of the baseline's. */
  ratio: number;
}

/**
 * The quantile test (Johnson, Verrill and Moore, 1987): of the values above the pooled quantile, how many are the canary's? It sees what a test of
 * location does not: a spread that grew, or a few requests that became very slow. Of many that are equal, such as time-outs, all or none are among
 * the largest: whichever makes their share nearer to the one asked for, by ratio. The pooled values alone say which, so the test stays exact.
 */
export function tailHeavier(
  baseline: readonly number[],
  canary: readonly number[],
  { quantile }: { quantile: number },
): TailComparison {
  const ascending = (values: readonly number[]) => [...values].sort((a, b) => a - b);
  const quantileOf = (sorted: readonly number[]) => nearestRank(sorted, quantile) ?? Number.NaN;
  const pooled = ascending([...baseline, ...canary]);
  const border = quantileOf(pooled);
  const above = (values: readonly number[]) => values.filter((value) => value > border).length;
  const from = (values: readonly number[]) => values.filter((value) => value >= border).length;
  const asked = (1 - quantile) * pooled.length;
  const largest = from(pooled) / asked <= asked / above(pooled) ? from : above;
  const p = atLeast(largest(canary), {
    ...{ all: pooled.length, marked: largest(pooled), drawn: canary.length },
  });
  const [before, now] = [quantileOf(ascending(baseline)), quantileOf(ascending(canary))];
  return { p, ratio: before === now ? 1 : now / before };
}
