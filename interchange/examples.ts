import type { SloExampleSpec } from "../catalog/slo-example.ts";
import { fits, valueFor } from "./matchers.ts";
import type { Term } from "./terms.ts";

/** Both sides of a custom SLI. */
export interface Sides {
  counts: "bad" | "good";
  part: readonly Term[];
  total: readonly Term[];
}

interface Series {
  series: string;
  labels: Record<string, string>;
  over: Term["over"];
  /** Events a minute. */
  perMinute: number;
}

/**
 * Series of which some events are bad, and how many five minutes of them hold, worked out from the terms. Nothing where no
 * series can be thought of that shows both.
 */
export function exampleOf(sides: Sides, platform: string): Omit<SloExampleSpec, "interval"> | undefined {
  const { part, total, counts } = sides;
  const series: Series[] = [];
  const add = (term: Term, perMinute: number, avoid: readonly Term[] = []) => {
    const labels = labelsOf(term, avoid);
    if (labels && !series.some((one) => one.series === term.series && isSame(one.labels, labels)))
      series.push({ series: term.series, labels, over: term.over, perMinute });
  };
  // Of a gauge that is counted by its samples each is one event at most.
  const isShare = total.some(({ over }) => over === "count_over_time");
  for (const term of part) add(term, isShare ? 0.5 : (counts === "bad") === (term.sign === 1) ? 1 : 9);
  for (const term of total) if (term.sign === 1) add(term, 10, part);
  const [counted, events] = [count(part, series), count(total, series)];
  const bad = counts === "bad" ? counted : events - counted;
  const isTold = [...part, ...total].every((term) => series.some((one) => isOf(term, one)));
  if (!isTold || bad <= 0 || bad > events) return undefined;
  return {
    title: "Some of the events are bad",
    series: Object.fromEntries(series.map((one) => [nameOf(one, platform), valuesOf(one)])),
    expect: [{ at: "15m", events, bad, of: {} }],
  };
}

/** Labels that the term selects, and none of `avoid`, where there are such. */
function labelsOf(term: Term, avoid: readonly Term[]): Record<string, string> | undefined {
  const labels = labelsFor(term.matchers);
  if (!labels || !fits(term.matchers, labels)) return undefined;
  for (const other of avoid.filter(({ series }) => series === term.series)) {
    for (const matcher of other.matchers) {
      if (!fits(other.matchers, labels)) break;
      const value = valueFor(matcher, { not: true });
      const changed = { ...labels, [matcher.label]: value ?? "" };
      if (value !== undefined && fits(term.matchers, changed)) Object.assign(labels, changed);
    }
  }
  return labels;
}

function labelsFor(matchers: Term["matchers"]): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  for (const matcher of matchers) {
    const value = labels[matcher.label] ?? valueFor(matcher);
    if (value === undefined) return undefined;
    labels[matcher.label] = value;
  }
  return labels;
}

const isOf = (term: Term, { series, labels }: Series) =>
  series === term.series && fits(term.matchers, labels);

/** Events in five minutes. */
function count(terms: readonly Term[], series: readonly Series[]): number {
  const of = (term: Term) =>
    series
      .filter((one) => isOf(term, one))
      .reduce((sum, { perMinute }) => sum + (term.over === "count_over_time" ? 5 : 5 * perMinute), 0);
  return terms.reduce((sum, term) => sum + term.sign * of(term), 0);
}

function nameOf({ series, labels }: Series, platform: string): string {
  const all = Object.entries({ platform, ...labels }).filter(([, value]) => value !== "");
  return `${series}{${all.map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(",")}}`;
}

// A sample a minute: a counter grows, of a gauge each sample is an event or a share of one.
const valuesOf = ({ over, perMinute }: Series) =>
  over === "increase" ? `0+${perMinute}x20` : `${perMinute}x20`;

const isSame = (one: object, other: object) => JSON.stringify(one) === JSON.stringify(other);
