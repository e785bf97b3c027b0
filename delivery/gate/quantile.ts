/** The q-quantile of values in any order, between two of them on a straight line (R's type 7, as PromQL's `quantile`); 0 of none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = q * (sorted.length - 1);
  const below = Math.floor(place);
  const [low = 0, high = low] = [sorted[below], sorted[below + 1]];
  return low + (high - low) * (place - below);
}

/** The smallest of ascending values that at least the share q of them do not exceed (nearest rank); undefined of none. */
export function nearestRank(sorted: readonly number[], q: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
}
