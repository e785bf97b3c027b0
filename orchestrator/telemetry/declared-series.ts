import { ValueType } from "@opentelemetry/api";
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type ResourceMetrics,
} from "@opentelemetry/sdk-metrics";
import type { Metric } from "../../model/model.ts";
import type { Labels, Reading } from "./instruments.ts";

/** More combinations than this are not made beforehand: each value is, once. */
const mostCombinations = 1_000;

/**
 * Series of a metric that can be known beforehand: every combination of its labels' declared values, or where those are too many, so many
 * that every value is in one. Where nobody lists the values of a label, those with the value that `seen` has; without one, none.
 */
export function combinations({ labels }: Metric, seen: Labels = {}): Labels[] {
  const sets = knownSets(labels, seen);
  if (!sets) return [];
  const product = sets.reduce((count, [, values]) => count * values.length, 1);
  if (product > mostCombinations) return eachValueOnce(sets);
  return sets.reduce<Labels[]>(
    (made, [label, values]) =>
      made.flatMap((series) => values.map((value) => ({ ...series, [label]: value }))),
    [{}],
  );
}

/** So many series that every declared value of every label is in one. */
function eachValueOnce(sets: readonly [string, readonly string[]][]): Labels[] {
  const count = Math.max(1, ...sets.map(([, values]) => values.length));
  return Array.from({ length: count }, (_, i) =>
    Object.fromEntries(sets.map(([label, values]) => [label, values[i % values.length] ?? ""])),
  );
}

function knownSets(labels: Metric["labels"], seen: Labels): [string, readonly string[]][] | undefined {
  const sets: [string, readonly string[]][] = [];
  for (const [label, values] of Object.entries(labels)) {
    const known = Array.isArray(values) ? values : seen[label];
    if (known === undefined) return undefined;
    sets.push([label, typeof known === "string" ? [known] : known]);
  }
  return sets;
}

/** What is new where it is first seen: the values of labels that nobody lists, as one text; empty where all are listed. */
export function unlistedValues({ labels: declared }: Metric, labels: Labels): string {
  const unlisted = Object.keys(declared).filter((label) => !Array.isArray(declared[label]));
  return unlisted.map((label) => labels[label] ?? "").join("\n");
}

/** In words that follow the metric's name: how these labels differ from the declared ones. */
export function misfit({ labels: declared }: Metric, labels: Labels): string | undefined {
  const missing = Object.keys(declared).filter((label) => !(label in labels));
  if (missing.length > 0) return `lacks ${missing.join(", ")}`;
  for (const [label, value] of Object.entries(labels)) {
    const values = declared[label];
    if (!values) return `has no label ${label}`;
    if (Array.isArray(values) && !values.includes(value))
      return `has no value ${JSON.stringify(value)} of ${label}`;
  }
  return undefined;
}

interface Completion {
  /** As they are declared. */
  metrics: readonly Metric[];
  /** What of them is measured, by name. */
  measured: ReadonlyMap<string, Metric>;
  /** What was read of them. */
  readings: ReadonlyMap<string, readonly Reading[]>;
}

/**
 * What was collected, with what was read, and an empty histogram wherever a declared value has none yet: OpenTelemetry has no way to make
 * those. In the order of the declarations; a metric that is not measured has a head and no series.
 */
export function completed(
  collected: ResourceMetrics,
  { metrics, measured, readings }: Completion,
): ResourceMetrics {
  const [scope] = collected.scopeMetrics;
  const present = new Map(scope?.metrics.map((data) => [data.descriptor.name, data]) ?? []);
  const data = metrics.map((declared): MetricData => {
    const metric = measured.get(declared.name);
    if (!metric) return headOf(declared);
    const points = present.get(metric.name)?.dataPoints ?? [];
    if (metric.type === "histogram") return histogramData(metric, points as HistogramPoint[]);
    const read = readings.get(metric.name);
    return numberData(metric, read ? read.map(asPoint) : (points as NumberPoint[]));
  });
  const name = scope?.scope ?? { name: "orchestrator" };
  return { ...collected, scopeMetrics: [{ scope: name, metrics: data }] };
}

type HistogramPoint = DataPoint<Histogram>;
type NumberPoint = DataPoint<number>;
const never: [number, number] = [0, 0];

const about = ({ name, help }: Metric) => ({
  descriptor: { name, description: help, unit: "", valueType: ValueType.DOUBLE, advice: {} },
  aggregationTemporality: AggregationTemporality.CUMULATIVE,
});

const asPoint = ({ labels: attributes, value }: Reading): NumberPoint => ({
  ...{ attributes, value, startTime: never, endTime: never },
});

/** A head without series, of whatever type. */
function headOf(metric: Metric): MetricData {
  if (metric.type !== "histogram") return numberData(metric, []);
  return { ...about(metric), dataPointType: DataPointType.HISTOGRAM, dataPoints: [] };
}

function numberData(metric: Metric, dataPoints: NumberPoint[]): MetricData {
  if (metric.type === "gauge") return { ...about(metric), dataPointType: DataPointType.GAUGE, dataPoints };
  return { ...about(metric), dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints };
}

function histogramData(metric: Metric, points: readonly HistogramPoint[]): MetricData {
  const zeros = missingSeries(metric, points).map((attributes) => emptyHistogram(metric, attributes));
  return { ...about(metric), dataPointType: DataPointType.HISTOGRAM, dataPoints: [...points, ...zeros] };
}

/** So many series that each listed value is there, beside each value of an unlisted label that was seen. */
function missingSeries(metric: Metric, points: readonly HistogramPoint[]): Labels[] {
  const groups = new Map<string, HistogramPoint[]>();
  if (Object.values(metric.labels).every(Array.isArray)) groups.set("", []);
  for (const point of points) {
    const key = unlistedValues(metric, point.attributes as Labels);
    groups.set(key, [...(groups.get(key) ?? []), point]);
  }
  return [...groups.values()].flatMap((group) => missingOf(metric, group));
}

function missingOf({ labels }: Metric, points: readonly HistogramPoint[]): Labels[] {
  const sets = knownSets(labels, (points[0]?.attributes ?? {}) as Labels);
  if (!sets) return [];
  const isThere = (label: string, value: string) =>
    points.some(({ attributes }) => attributes[label] === value);
  return eachValueOnce(sets).filter(
    (series) =>
      points.length === 0 || Object.entries(series).some(([label, value]) => !isThere(label, value)),
  );
}

function emptyHistogram({ buckets = [] }: Metric, attributes: Labels): HistogramPoint {
  const counts = Array.from({ length: buckets.length + 1 }, () => 0);
  const value = { buckets: { boundaries: buckets, counts }, sum: 0, count: 0 };
  return { attributes, value, startTime: never, endTime: never };
}
