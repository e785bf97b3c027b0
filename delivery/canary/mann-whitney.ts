import { aboveNormal } from "./normal.ts";

export interface RankComparison {
  /** One-sided: how likely so high a rank of the canary is if both are the same. */
  p: number;
  /** Common-language effect size: how likely a value of the canary is above one of the baseline, ties counting half; 0.5: neither. */
  effect: number;
}

/**
 * Mann and Whitney's test of whether the canary's values tend to be higher, by the normal approximation with corrections for ties and
 * continuity (Lehmann, Nonparametrics, 1.4). Good from about 8 values on each side.
 */
export function rankHigher(baseline: readonly number[], canary: readonly number[]): RankComparison {
  const [m, n] = [baseline.length, canary.length];
  const pooled = [
    ...baseline.map((value) => ({ value, isCanary: false })),
    ...canary.map((value) => ({ value, isCanary: true })),
  ].sort((a, b) => a.value - b.value);
  let rankSum = 0;
  let ties = 0;
  for (let i = 0; i < pooled.length; ) {
    let end = i;
    while (end < pooled.length && pooled[end]?.value === pooled[i]?.value) end++;
    const length = end - i;
    const rank = (i + 1 + end) / 2;
    for (let k = i; k < end; k++) if (pooled[k]?.isCanary) rankSum += rank;
    ties += length ** 3 - length;
    i = end;
  }
  const u = rankSum - (n * (n + 1)) / 2;
  const N = m + n;
  const variance = ((m * n) / 12) * (N + 1 - ties / (N * (N - 1)));
  const effect = u / (m * n);
  if (!(variance > 0)) return { p: 1, effect };
  return { p: aboveNormal((u - (m * n) / 2 - 0.5) / Math.sqrt(variance)), effect };
}
