/** A duration as Prometheus writes it, in whole units: "1h12m", "1m30s", "0s". */
export function durationText(seconds: number): string {
  let left = Math.round(seconds * 1000);
  let text = "";
  for (const [unit, size] of UNITS) {
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${unit}`;
    left -= count * size;
  }
  return text || "0s";
}

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
] as const;
