const STEPS = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
] as const;

/** A length of time for a person, two units at most: 5184 s is "1 h 26 min". */
export function readableSeconds(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  let rest = Math.round(seconds);
  const parts: string[] = [];
  for (const [unit, size] of STEPS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0 && parts.length < 2) parts.push(`${count} ${unit}`);
    else if (parts.length === 1) break;
  }
  return parts.join(" ");
}

/** An SLO's period within a sentence: "30 days", "a calendar month". */
export function periodText(period: string): string {
  return period.startsWith("calendar-")
    ? period.replace("calendar-", "a calendar ")
    : period.replace(/d$/, " days");
}

/** A ratio as a percentage, six significant digits at most: 0.001 is "0.1%". */
export function readablePercent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(6))}%`;
}
