// Native histograms in promtool's notation. Scenes feed them as two counters, all observations and the fast ones: here they become one series.
import type { Sli } from "../../model/model.ts";
import { type Series, seriesText, valuesText } from "./series.ts";
import { FAST_PART } from "./sli.ts";

/** An input series as promtool reads it. */
export interface InputSeries {
  series: string;
  values: string;
}

/** Series as they are written into a test: of a native histogram both counters as one. */
export function inputSeries(series: readonly Series[], sli: Sli | undefined): InputSeries[] {
  if (sli?.kind !== "native-latency") return series.map(plain);
  const name = sli.total.series;
  const isObserved = (one: Series) => one.name === name || one.name === name + FAST_PART;
  const texts = [...new Set(series.filter(isObserved).map((one) => seriesText({ ...one, name })))];
  const merged = texts.map((text) => {
    const own = series.filter((one) => isObserved(one) && seriesText({ ...one, name }) === text);
    const all = own.find((one) => one.name === name)?.values;
    const fast = own.find((one) => one.name !== name)?.values;
    return { series: text, values: histogramsText({ all, fast }, sli.thresholdSeconds) };
  });
  return [...series.filter((one) => !isObserved(one)).map(plain), ...merged];
}

function plain(one: Series): InputSeries {
  return { series: seriesText(one), values: valuesText(one.values) };
}

// Bounds are 2^(n/32): a bucket is 2.2 % wide, so that a threshold that is 5 % off takes other buckets for fast.
const SCHEMA = 5;

interface Observed {
  all: Series["values"] | undefined;
  fast: Series["values"] | undefined;
}

/** What was observed so far, as number of fast and of slow observations; null where the series is gone. */
type Sample = readonly [quick: number, slow: number] | null;

function histogramsText(observed: Observed, threshold: number): string {
  const samples = samplesOf(observed);
  const parts: string[] = [];
  for (let i = 0; i < samples.length; ) {
    const run = runLength(samples, i);
    parts.push(runText(samples, i, { run, threshold }));
    i += run;
  }
  return parts.join(" ");
}

function samplesOf({ all, fast }: Observed): Sample[] {
  return (all ?? fast ?? []).map((value, i) => {
    if (value === null) return null;
    const quick = Math.min(value, fast?.[i] ?? 0);
    return [quick, value - quick];
  });
}

function difference(samples: readonly Sample[], i: number): readonly [number, number] | undefined {
  const [before, after] = [samples[i - 1], samples[i]];
  if (!before || !after) return undefined;
  const grown = [after[0] - before[0], after[1] - before[1]] as const;
  return grown[0] < 0 || grown[1] < 0 ? undefined : grown;
}

function runLength(samples: readonly Sample[], from: number): number {
  const step = difference(samples, from + 1);
  if (!step) return 1;
  let length = 2;
  for (;;) {
    const next = difference(samples, from + length);
    if (next?.[0] !== step[0] || next[1] !== step[1]) return length;
    length++;
  }
}

function runText(samples: readonly Sample[], from: number, of: { run: number; threshold: number }): string {
  const first = samples[from];
  if (!first) return from > 0 && samples[from - 1] ? "stale" : "_";
  const start = histogram(first, of.threshold);
  const step = difference(samples, from + 1);
  return of.run === 1 || !step ? start : `${start}+${histogram(step, of.threshold)}x${of.run - 1}`;
}

function histogram([quick, slow]: readonly [number, number], threshold: number): string {
  // The last bucket that ends at the threshold or before, and the first that begins there or behind.
  const position = Math.log2(threshold) * 2 ** SCHEMA;
  const offset = Math.floor(position + 1e-9);
  const between = Math.ceil(position - 1e-9) - offset;
  const buckets = [quick, ...Array.from({ length: between }, () => 0), slow];
  const count = quick + slow;
  return `{{schema:${SCHEMA} sum:${count * threshold} count:${count} offset:${offset} buckets:[${buckets.join(" ")}]}}`;
}
