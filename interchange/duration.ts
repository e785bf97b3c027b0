/** Seconds as the catalog writes them, whole milliseconds at least. */
export function durationOf(seconds: number): string | undefined {
  const milliseconds = Number((seconds * 1000).toPrecision(12));
  if (!Number.isInteger(milliseconds) || milliseconds <= 0) return undefined;
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
}
