/** Whether an alert's condition holds; undefined where it is too close to call. */
export type Verdict = boolean | undefined;

/** How far from its threshold, as a share of it, a computed value must be for its verdict to count. */
export const CLEARANCE = 0.001;

/** Compares as PromQL does; nearer than `clearance` × threshold nothing is said, 0 for values that are exact. */
export function compare(
  value: number,
  { is, threshold, clearance }: { is: ">" | ">=" | "<" | "<="; threshold: number; clearance: number },
): Verdict {
  if (Math.abs(value - threshold) < clearance * Math.abs(threshold)) return undefined;
  switch (is) {
    case ">":
      return value > threshold;
    case ">=":
      return value >= threshold;
    case "<":
      return value < threshold;
    case "<=":
      return value <= threshold;
  }
}

/** What a track's values say; no value is no alert. */
export function verdicts(
  track: readonly (number | undefined)[],
  { is, value }: { is: ">" | ">=" | "<" | "<="; value: number },
  clearance: number,
): Verdict[] {
  return track.map((at) => (at === undefined ? false : compare(at, { is, threshold: value, clearance })));
}

/** True when all are, false as soon as one is. */
export function all(...verdicts: Verdict[]): Verdict {
  if (verdicts.includes(false)) return false;
  return verdicts.includes(undefined) ? undefined : true;
}

/** When an alert fires whose condition must hold at `steps` evaluations after the first one that saw it. */
export function held(condition: readonly Verdict[], steps: number): Verdict[] {
  if (steps === 0) return [...condition];
  return condition.map((_, i) => (i < steps ? false : all(...condition.slice(i - steps, i + 1))));
}

/** First and last moment of each run of equal states; states that are undefined belong to none. */
export function runEdges(states: readonly (string | undefined)[]): number[] {
  return states.flatMap((state, i) => {
    if (state === undefined) return [];
    return state !== states[i - 1] || state !== states[i + 1] ? [i] : [];
  });
}
