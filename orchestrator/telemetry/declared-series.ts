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
 * that every value is in one. None for a metric with a label whose values are not known.
 */
export function combinations({ labels }: Metric): Labels[] {
  const sets = closedSets(labels);
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

function closedSets(labels: Metric["labels"]): [string, readonly string[]][] | undefined {
  const sets: [string, readonly string[]][] = [];
  for (const [label, values] of Object.entries(labels)) {
    if (!Array.isArray(values)) return undefined;
    sets.push([label, values]);
  }
  return sets;
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

/**
 * What was collected, with the gauges as they were read, and an empty histogram wherever a declared value has none yet: OpenTelemetry
 * has no way to make those. In the order of the declarations.
 */
export function completed(
  collected: ResourceMetrics,
  { metrics, gauges }: { metrics: readonly Metric[]; gauges: ReadonlyMap<string, readonly Reading[]> },
): ResourceMetrics {
  const [scope] = collected.scopeMetrics;
  const present = new Map(scope?.metrics.map((data) => [data.descriptor.name, data]) ?? []);
  const data = metrics.flatMap((metric): MetricData | [] => {
    const found = present.get(metric.name);
    if (metric.type === "counter") return found ?? [];
    if (metric.type === "histogram")
      return histogramData(metric, (found?.dataPoints ?? []) as HistogramPoint[]);
    const readings = gauges.get(metric.name);
    return readings ? gaugeData(metric, readings) : [];
  });
  const name = scope?.scope ?? { name: "orchestrator" };
  return { ...collected, scopeMetrics: [{ scope: name, metrics: data }] };
}

type HistogramPoint = DataPoint<Histogram>;
const never: [number, number] = [0, 0];

const about = ({ name, help }: Metric) => ({
  descriptor: { name, description: help, unit: "", valueType: ValueType.DOUBLE, advice: {} },
  aggregationTemporality: AggregationTemporality.CUMULATIVE,
});

function gaugeData(metric: Metric, readings: readonly Reading[]): MetricData {
  const dataPoints = readings.map(({ labels: attributes, value }) => ({
    ...{ attributes, value, startTime: never, endTime: never },
  }));
  return { ...about(metric), dataPointType: DataPointType.GAUGE, dataPoints };
}

function histogramData(metric: Metric, points: readonly HistogramPoint[]): MetricData {
  const zeros = missingSeries(metric, points).map((attributes) => emptyHistogram(metric, attributes));
  return { ...about(metric), dataPointType: DataPointType.HISTOGRAM, dataPoints: [...points, ...zeros] };
}

function missingSeries({ labels }: Metric, points: readonly HistogramPoint[]): Labels[] {
  const sets = closedSets(labels);
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
