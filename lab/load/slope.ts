import type { Course, Slope } from "./result.ts";

/** Whatever changes by less than this share of its mean in an hour is steady. */
const steadyShare = 0.1;
/** Two standard errors hold 95 % where there are some dozens of samples. */
const standardErrors = 2;

/** The straight line through a course, with what its samples leave open. Nothing with fewer than ten samples. */
export function slopeOf(of: Slope["of"], { unit, points }: Course): Slope | undefined {
  if (points.length < 10) return undefined;
  const hours = points.map(([at]) => at / 3_600_000);
  const values = points.map(([, value]) => value);
  const [meanTime, mean] = [meanOf(hours), meanOf(values)];
  const spread = sum(hours.map((hour) => (hour - meanTime) ** 2));
  const perHour = sum(hours.map((hour, i) => (hour - meanTime) * ((values[i] ?? 0) - mean))) / spread;
  const rest = sum(hours.map((hour, i) => ((values[i] ?? 0) - mean - perHour * (hour - meanTime)) ** 2));
  const uncertainty = standardErrors * Math.sqrt(rest / (points.length - 2) / spread);
  const verdict = verdictOf({ perHour, uncertainty, most: Math.abs(mean) * steadyShare });
  return { of, unit, samples: points.length, mean, perHour, uncertainty, verdict };
}

function verdictOf(line: { perHour: number; uncertainty: number; most: number }): Slope["verdict"] {
  const { perHour, uncertainty, most } = line;
  if (perHour - uncertainty > most) return "grows";
  if (perHour + uncertainty < -most) return "falls";
  return uncertainty + Math.abs(perHour) <= most ? "steady" : "unclear";
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The arithmetic mean; NaN of nothing. */
export function meanOf(values: readonly number[]): number {
  return sum(values) / values.length;
}
