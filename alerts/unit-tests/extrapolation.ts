import type { Series } from "./series.ts";

/** A value at each moment that is looked at; undefined where there is none. */
export type Track = (number | undefined)[];

/** The samples at which a fed series is looked at, counted from 0, and the time between samples. */
export interface Clock {
  stepSeconds: number;
  moments: readonly number[];
}

/**
 * `increase(series[window])` at each moment, as Prometheus works it out: resets added up, extrapolated to the window's ends but
 * by no more than half a step where the series ends inside, and never below a counter's zero. Undefined where the window
 * holds fewer than two samples. (prometheus/promql/functions.go, extrapolatedRate; a window excludes its left end.)
 */
export function increases(
  { values }: Pick<Series, "values">,
  { windowSeconds, stepSeconds, moments }: Clock & { windowSeconds: number },
): Track {
  const { growth, count } = runningOf(values);
  return moments.map((now) => {
    const oldest = Math.max(0, Math.floor(now - windowSeconds / stepSeconds) + 1);
    const first = nearest(values, oldest, 1);
    const last = nearest(values, now, -1);
    if (first === undefined || last === undefined || last <= first) return undefined;
    const grown = (growth[last] ?? 0) - (growth[first] ?? 0);
    const seen = (last - first) * stepSeconds;
    const between = seen / ((count[last] ?? 0) - (count[first] ?? 0));
    const atStart = reach(windowSeconds - (now - first) * stepSeconds, between);
    const atEnd = reach((now - last) * stepSeconds, between);
    const toZero = grown > 0 ? (seen * (values[first] ?? 0)) / grown : Number.POSITIVE_INFINITY;
    return (grown * (seen + Math.min(atStart, toZero) + atEnd)) / seen;
  });
}

// How far is extrapolated over a gap at a window's end, given the usual time between samples.
function reach(gap: number, between: number): number {
  return gap >= between * 1.1 ? between / 2 : gap;
}

// The same samples are looked at through the windows of all tiers.
const known = new WeakMap<Series["values"], Running>();

function runningOf(values: Series["values"]): Running {
  const found = known.get(values) ?? running(values);
  known.set(values, found);
  return found;
}

interface Running {
  growth: number[];
  count: number[];
}

/** Up to each step: what the counter has grown by, resets included, and how many samples there were. */
function running(values: Series["values"]): Running {
  const growth: number[] = [];
  const count: number[] = [];
  let before: number | undefined;
  let grown = 0;
  let counted = 0;
  for (const value of values) {
    if (value !== null) {
      if (before !== undefined) grown += value < before ? value : value - before;
      before = value;
      counted++;
    }
    growth.push(grown);
    count.push(counted);
  }
  return { growth, count };
}

function nearest(values: Series["values"], from: number, direction: 1 | -1): number | undefined {
  for (let i = from; i >= 0 && i < values.length; i += direction) if (values[i] !== null) return i;
  return undefined;
}

/** The sum at each of so many moments of the tracks that have a value there. */
export function sumOf(tracks: readonly Track[], moments: number): Track {
  const sums: Track = new Array(moments).fill(undefined);
  for (const track of tracks) {
    track.forEach((value, i) => {
      if (value !== undefined) sums[i] = (sums[i] ?? 0) + value;
    });
  }
  return sums;
}
