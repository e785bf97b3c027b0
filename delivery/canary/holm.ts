/**
 * Holm's adjustment of the p-values of several tests (Scandinavian Journal of Statistics, 1979): with an adjusted value at most alpha, the
 * chance of even one false alarm among all of them is at most alpha, however they depend on one another.
 */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((p, i) => ({ p, i })).sort((a, b) => a.p - b.p);
  const adjusted = new Array<number>(ps.length);
  let least = 0;
  for (const [rank, { p, i }] of order.entries()) {
    least = Math.min(1, Math.max(least, p * (ps.length - rank)));
    adjusted[i] = least;
  }
  return adjusted;
}
