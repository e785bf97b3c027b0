import type { Course, Run, Slope } from "./result.ts";

/** What changes by less than this share of its mean from end to end is steady: connections come and go, heaps fill and are cleared. */
const steadyShare = 0.05;
/** Two standard errors hold 95 % where there are some dozens of samples. */
const standardErrors = 2;

/** The first third fills caches and opens connections; what still grows after it goes on growing. */
const settledAfter = 1 / 3;
/** With less, a garbage collection or two decide. */
const leastSamples = 40;

/** What a slope is looked for of. */
const sloping = ["memory", "handles", "series"] as const;

/** The slopes of those courses that have one. */
export function slopesOf(courses: readonly Course[]): Slope[] {
  return sloping.flatMap((name) => {
    const found = courses.find((one) => one.name === name);
    return (found && slopeOf(name, found)) ?? [];
  });
}

/** What of a run was measured and has no slope, in words; nothing if all has one: silence would look like steadiness. */
export function withoutSlope({ courses, slopes }: Run): string | undefined {
  const names = sloping.filter(
    (name) => courses.some((one) => one.name === name) && !slopes.some(({ of }) => of === name),
  );
  if (names.length === 0) return undefined;
  return `${names.join(", ")}: too short for a slope, which takes ${Math.round(leastSamples / (1 - settledAfter))} samples`;
}

/** The straight line through the last two thirds of a course, with what its samples leave open. */
export function slopeOf(of: Slope["of"], { unit, points: all }: Course): Slope | undefined {
  const points = all.slice(Math.ceil(all.length * settledAfter));
  if (points.length < leastSamples) return undefined;
  const hours = points.map(([at]) => at / 3_600_000);
  const values = points.map(([, value]) => value);
  const [meanTime, mean] = [meanOf(hours), meanOf(values)];
  const spread = sum(hours.map((hour) => (hour - meanTime) ** 2));
  const perHour = sum(hours.map((hour, i) => (hour - meanTime) * ((values[i] ?? 0) - mean))) / spread;
  const rest = sum(hours.map((hour, i) => ((values[i] ?? 0) - mean - perHour * (hour - meanTime)) ** 2));
  const uncertainty = standardErrors * Math.sqrt(rest / (points.length - 2) / spread);
  const lasted = (hours.at(-1) ?? 0) - (hours[0] ?? 0);
  const verdict = verdictOf({ perHour, uncertainty, most: (Math.abs(mean) * steadyShare) / lasted });
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
