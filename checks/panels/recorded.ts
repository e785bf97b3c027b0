import type { Platform, RecordingRule, Slo } from "../../model/model.ts";
import { NOW } from "./history.ts";
import { gauges } from "./otlp.ts";
import type { Prometheus, Sample } from "./prometheus.ts";

/** A recording rule that gives nothing, and what Prometheus says of it if that is why. */
export interface SilentRule {
  slo: Slo;
  rule: RecordingRule;
  refusal?: string;
}

/**
 * Evaluates every recording rule and gives Prometheus what it records, at each of the times, as though it had been so all along.
 * Rules that read what others record come to their value in a later round; those that never do are returned.
 */
export async function record(
  prometheus: Prometheus,
  platforms: readonly Platform[],
  times: readonly number[],
): Promise<SilentRule[]> {
  let waiting: SilentRule[] = platforms.flatMap(({ slos }) =>
    slos.flatMap((slo) => slo.recordingRules.map((rule) => ({ slo, rule }))),
  );
  for (;;) {
    const tried = await inTens(waiting, (one) => evaluate(prometheus, one));
    const recorded = tried.flatMap(({ series }) => series);
    if (recorded.length === 0) return tried.map(({ silent }) => silent);
    await prometheus.receive(gauges(recorded, times));
    waiting = tried.filter(({ series }) => series.length === 0).map(({ silent }) => silent);
  }
}

async function evaluate(prometheus: Prometheus, { slo, rule }: SilentRule) {
  let samples: Sample[] = [];
  let silent: SilentRule = { slo, rule };
  try {
    samples = (await prometheus.query(rule.expr, NOW)).filter(isNumber);
  } catch (error) {
    silent = { ...silent, refusal: error instanceof Error ? error.message : String(error) };
  }
  const series = samples.map(({ labels: { __name__: _name, ...labels }, value }) => ({
    name: rule.record,
    labels: { ...labels, ...rule.labels },
    value: Number(value),
  }));
  return { silent, series };
}

/** Whether a graph can show it: a histogram, or a number; 0/0 and infinity are none. */
export function isNumber({ value }: Sample): boolean {
  return value === undefined || Number.isFinite(Number(value));
}

/** Calls `work` for every item, ten at once, and returns the results in the items' order. */
export async function inTens<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let i = 0; i < items.length; i += 10)
    results.push(...(await Promise.all(items.slice(i, i + 10).map(work))));
  return results;
}
