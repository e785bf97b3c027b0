import type { Prometheus, Series } from "../../live/prometheus.ts";
import { QueryError, UnreachableError } from "../../live/prometheus.ts";
import type { Reading } from "../gate/decision.ts";
import { digestOf } from "../gate/record.ts";

/** A Prometheus, and how it is named in a decision. */
export interface Asked {
  prometheus: Prometheus;
  /** Its address, without credentials. */
  address: string;
}

/**
 * What queries give at a time: one number each, or why there is none. No series, several, what is no number or of another time, and an answer
 * with warnings are no values; of a server that does not answer nothing more is asked.
 */
export async function readQueries(
  { prometheus, address }: Asked,
  queries: ReadonlyMap<string, string>,
  at: Date,
): Promise<Record<string, Reading>> {
  const readings: [string, Reading][] = [];
  let unreachable: string | undefined;
  for (const [name, query] of queries) {
    if (unreachable !== undefined) {
      readings.push([name, { missing: unreachable }]);
      continue;
    }
    try {
      readings.push([name, readingOf(await prometheus.query(query, at), { query, address, at })]);
    } catch (error) {
      if (error instanceof QueryError)
        readings.push([name, { missing: `the query failed: ${error.message}` }]);
      else if (error instanceof UnreachableError) {
        unreachable = `Prometheus at ${address} does not answer: ${error.message}`;
        readings.push([name, { missing: unreachable }]);
      } else throw error;
    }
  }
  return Object.fromEntries(readings);
}

function readingOf(
  series: readonly Series[],
  { query, address, at }: { query: string; address: string; at: Date },
): Reading {
  const samples = series.flatMap((one) => one.samples.map(({ value }) => String(value)));
  const answer = { query, at: at.toISOString(), series: series.map(({ labels }) => labels), samples };
  const source = {
    digest: digestOf(answer),
    origin: `Prometheus at ${address}`,
    at: at.toISOString(),
  };
  const [value] = samples.map(Number);
  const given = Math.max(series.length, samples.length);
  if (given > 1) return { missing: `the query gives ${given} series, and one is needed`, source };
  if (value === undefined) return { missing: "the query gives no series", source };
  const of = series[0]?.samples[0]?.at ?? 0;
  if (Math.abs(of * 1000 - at.getTime()) >= 1)
    return { missing: `the query gives a value of another time, ${timeOf(of)}`, source };
  return Number.isFinite(value) ? { value, source } : { missing: `${value} is no measurement`, source };
}

function timeOf(seconds: number): string {
  const time = new Date(seconds * 1000);
  return Number.isNaN(time.getTime()) ? `${seconds} s` : time.toISOString();
}

/** An address as it may be shown: without user and password. */
export function addressOf(url: string): string {
  const shown = new URL(url);
  shown.username = "";
  shown.password = "";
  return shown.href.replace(/\/$/, "");
}
