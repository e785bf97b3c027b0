/** Seconds since `performance.now()` was `start`, with one decimal. */
export function secondsSince(start: number): number {
  return Math.round((performance.now() - start) / 100) / 10;
}
