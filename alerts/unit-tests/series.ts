import { promqlString } from "../../model/selection.ts";

export type Labels = Record<string, string>;

/** A series that a test feeds: one sample each step from time 0, `null` where it is gone (with a staleness marker). */
export interface Series {
  name: string;
  labels: Labels;
  values: (number | null)[];
}

/** The series in PromQL's notation, labels sorted. */
export function seriesText({ name, labels }: Pick<Series, "name" | "labels">): string {
  return `${name}${labelsText(labels)}`;
}

/** Each series once, the last of those that are the same. */
export function distinct(all: readonly Series[]): Series[] {
  return [...new Map(all.map((one) => [seriesText(one), one])).values()];
}

/** A label set as promtool reads and shows it. */
export function labelsText(labels: Labels): string {
  const names = Object.keys(labels).sort();
  return `{${names.map((name) => `${name}=${promqlString(labels[name] ?? "")}`).join(", ")}}`;
}

/**
 * A counter's samples from what is added before each of them (the first addition is not seen: it is in the start value). It
 * begins high, since Prometheus extrapolates a young counter no further back than to its zero. At a restart the counter
 * begins at 0 again, as a process does that was started anew.
 */
export function counterValues(additions: readonly number[], restarts: readonly number[] = []): number[] {
  const start = Math.max(1, 10 ** Math.ceil(Math.log10(Math.max(1, ...additions)))) * 1000;
  let value = start;
  return additions.map((addition, i) => {
    if (restarts.includes(i)) value = 0;
    if (i > 0) value += addition;
    return value;
  });
}

const GRID = 2 ** 10;

/**
 * The amount as a number that can be added exactly however often: promtool adds step by step, and a rounded sum would look
 * like a reset. It is right within a thousandth, and below 0.001 within 0.000001.
 */
export function exact(amount: number): number {
  const grid = amount * GRID >= 500 ? GRID : 2 ** Math.ceil(Math.log2(500 / Math.max(amount, 0.001)));
  return Math.round(amount * grid) / grid;
}

/** A value for a number of samples. */
export type Phase<T> = readonly [value: T, samples: number];

/** A sequence that stays at each value for a number of samples. */
export function phases<T>(...all: readonly Phase<T>[]): T[] {
  const sequence: T[] = [];
  for (const [value, samples] of all) for (let i = 0; i < samples; i++) sequence.push(value);
  return sequence;
}

/** The last sample of each phase. */
export function phaseEnds(all: readonly Phase<unknown>[]): number[] {
  let end = -1;
  return all.flatMap(([, samples]) => {
    end += samples;
    return samples > 0 ? [end] : [];
  });
}

/** Samples in promtool's notation: runs as `start+stepxtimes`, a constant as `valuextimes`, absence as `stale` and `_`. */
export function valuesText(values: Series["values"]): string {
  const parts: string[] = [];
  for (let i = 0; i < values.length; ) {
    const run = runLength(values, i);
    parts.push(runText(values, i, run));
    i += run;
  }
  return parts.join(" ");
}

function runLength(values: Series["values"], from: number): number {
  const first = values[from] ?? null;
  const second = values[from + 1] ?? null;
  if (first === null) {
    // The first sample of a gap is the staleness marker, unless the series has not begun yet.
    if (from > 0 && values[from - 1] !== null) return 1;
    let length = 1;
    while (from + length < values.length && values[from + length] === null) length++;
    return length;
  }
  if (second === null) return 1;
  const difference = second - first;
  let length = 1;
  let expected = first;
  while (from + length < values.length) {
    expected += difference;
    if (values[from + length] !== expected) break;
    length++;
  }
  return length === 2 && difference !== 0 ? 1 : length;
}

function runText(values: Series["values"], from: number, length: number): string {
  const first = values[from] ?? null;
  if (first === null) return from > 0 && values[from - 1] !== null ? "stale" : repeated("_", length);
  if (length === 1) return String(first);
  const difference = (values[from + 1] ?? first) - first;
  if (difference === 0) return `${first}x${length - 1}`;
  return `${first}${difference < 0 ? "-" : "+"}${Math.abs(difference)}x${length - 1}`;
}

function repeated(what: string, times: number): string {
  return times === 1 ? what : `${what}x${times}`;
}
