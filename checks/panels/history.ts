// What a platform would have exposed for a while: every declared metric with all its label values, made up but consistent.
import { alertLabels } from "../../model/alerting/alert-labels.ts";
import type { Metric, Platform } from "../../model/model.ts";
import type { VectorSelector } from "../../model/promql/inspect.ts";
import { type LabelRow, labelRows } from "./label-rows.ts";

/** The moment at which the history ends and all questions are asked. Any would do: a fixed one gives the same answers every day. */
export const NOW = Date.UTC(2025, 0, 15, 12) / 1000;

/** What queries read, which decides what the history must hold beside the declarations. */
export interface Readings {
  /** By name of the series. */
  selectors: ReadonlyMap<string, readonly VectorSelector[]>;
  /** By name of the series the ages in seconds that queries look back to by `offset`. */
  offsets: ReadonlyMap<string, readonly number[]>;
}

/** One series: its name, its labels, and its value at a number of seconds since the history began. */
export interface History {
  name: string;
  labels: LabelRow;
  valueAt(moment: Moment): number;
}

/** A sample's time: its age in seconds before NOW, the seconds since the history began, its number counted back from the newest. */
export interface Moment {
  age: number;
  elapsed: number;
  back: number;
}

const DAY = 86_400;
// Dense where the windows of graphs and fast alerts look (a direct signal's is 20 s), thin where only increases of days do.
const DENSE = [0, 5, 10, 15, 20, 30, 60, 120, 180, 240, 300, 600];
const THIN = [900, 3600, 21_600, DAY, 2 * DAY, 4 * DAY, 8 * DAY];

/** The times of a series' samples, oldest first: of one that queries look back to, some at that time too. */
export function moments(offsets: readonly number[]): Moment[] {
  const ages = new Set([...THIN, ...[0, ...offsets].flatMap((offset) => DENSE.map((age) => offset + age))]);
  const newestFirst = [...ages].sort((a, b) => a - b);
  const oldest = newestFirst.at(-1) ?? 0;
  return newestFirst.map((age, back) => ({ age, elapsed: oldest - age, back })).reverse();
}

/** Every series of a platform in its last environment, native histograms excepted, and those that Prometheus makes itself. */
export function* historyOf(platform: Platform, readings: Readings): Generator<History> {
  const targets = targetsOf(platform);
  for (const metric of platform.metrics) if (!metric.native) yield* metricHistory(metric, targets, readings);
  const constant = (value: number) => () => value;
  for (const labels of targets.values()) {
    yield { name: "up", labels, valueAt: constant(1) };
    yield { name: "scrape_duration_seconds", labels, valueAt: constant(0.02) };
    yield { name: "scrape_samples_scraped", labels, valueAt: constant(200) };
  }
  const environment = platform.environments.at(-1);
  if (!environment) return;
  for (const alert of platform.alerts)
    for (const alertstate of ["pending", "firing"]) {
      const labels = { ...alertLabels(alert, environment), alertname: alert.alertname, alertstate };
      yield { name: "ALERTS", labels, valueAt: constant(1) };
    }
}

/** Label sets of a metric's series, with those of the scrape. */
export function seriesLabels(metric: Metric, targets: ReadonlyMap<string, LabelRow>, readings: Readings) {
  const asked = metric.series.flatMap((series) => readings.selectors.get(series) ?? []);
  const own = Object.entries(metric.labels).map(([label, values]) => [
    label,
    Array.isArray(values) ? values : unknownValues(label, { asked, atMost: values.atMost }),
  ]);
  const services = metric.services.filter((service) => targets.has(service));
  const wanted = asked.map(
    ({ matchers }) =>
      (label: string, value: string) =>
        fits(matchers, label, value),
  );
  const rows = labelRows({ ...Object.fromEntries(own), service: services }, wanted);
  return rows.map((row) => ({ ...targets.get(row.service ?? ""), ...row }));
}

/** Labels that the scrape adds, by service; one pod of each. */
export function targetsOf({ name: platform, environments }: Platform): Map<string, LabelRow> {
  const environment = environments.at(-1);
  return new Map(
    (environment?.services ?? []).flatMap(({ name: service, job }) => {
      if (!environment || job === undefined) return [];
      const { namespace } = environment;
      const pod = `${service}-5d4f8c7b9-x2x4x`;
      const labels = { platform, service, job, environment: environment.name, namespace, pod };
      return [[service, { ...labels, instance: `${pod}:9090` }]];
    }),
  );
}

// Values that nobody listed: those that a query names, and some that none does.
function unknownValues(
  label: string,
  { asked, atMost }: { asked: readonly VectorSelector[]; atMost: number },
): string[] {
  const named = asked.flatMap(({ matchers }) =>
    matchers.filter((m) => m.label === label && /^=~?$/.test(m.op)).flatMap(({ value }) => value.split("|")),
  );
  return [...new Set([...named.filter((value) => /^[\w./:-]+$/.test(value)), "a", "b"])].slice(
    0,
    Math.max(atMost, 1),
  );
}

function fits(matchers: VectorSelector["matchers"], label: string, value: string): boolean {
  return matchers
    .filter((matcher) => matcher.label === label)
    .every(({ op, value: asked }) => {
      if (!op.endsWith("~")) return (value === asked) === (op === "=");
      try {
        return new RegExp(`^(?:${asked})$`, "s").test(value) === (op === "=~");
      } catch {
        // Go's syntax knows more than this one's: the query itself shows whether something matches.
        return true;
      }
    });
}

function* metricHistory(
  metric: Metric,
  targets: ReadonlyMap<string, LabelRow>,
  readings: Readings,
): Generator<History> {
  const { name, type, buckets } = metric;
  for (const [row, labels] of seriesLabels(metric, targets, readings).entries()) {
    const count = ({ elapsed }: Moment) => (1 + (row % 4)) * (elapsed + 60);
    if (type === "gauge") yield { name, labels, valueAt: gauge(metric, row) };
    else if (type === "counter") yield { name, labels, valueAt: count };
    else if (buckets) {
      const bounds = [...buckets.map(floatText), "+Inf"];
      for (const [i, le] of bounds.entries()) {
        const share = (i + 1) / bounds.length;
        const below = (moment: Moment) => Math.floor(share * count(moment));
        yield { name: `${name}_bucket`, labels: { ...labels, le }, valueAt: below };
      }
      const mean = buckets[Math.floor(buckets.length / 2)] ?? 1;
      yield { name: `${name}_count`, labels, valueAt: count };
      yield { name: `${name}_sum`, labels, valueAt: (moment) => mean * count(moment) };
    }
  }
}

/** Within its range, changing, and 1 in the first series of all at the end: what is on or off is on somewhere. */
function gauge({ name, unit }: Metric, row: number): History["valueAt"] {
  if (/(timestamp|_time|_at)_seconds$/.test(name)) return ({ age }) => NOW - age - 10;
  if (unit === "ratio") return ({ back }) => 0.3 + 0.1 * (row % 6) + 0.01 * (back % 2);
  return ({ back }) => 1 + (row % 3) + (back % 2);
}

/** As Prometheus 3 writes a bound: 1.0, not 1. */
function floatText(bound: number): string {
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}
