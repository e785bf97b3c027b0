// Samples in OTLP's JSON, for what blocks cannot be made of by promtool: what rules record one after the other, native histograms.
import type { LabelRow } from "./label-rows.ts";

/** A request with gauges: the same value at each time (Unix seconds). */
export function gauges(
  series: readonly { name: string; labels: LabelRow; value: number }[],
  times: readonly number[],
): object {
  return requestOf(
    series.map(({ name, labels, value }) => ({
      name,
      gauge: {
        dataPoints: times.map((time) => ({
          attributes: attributesOf(labels),
          timeUnixNano: nanoseconds(time),
          asDouble: value,
        })),
      },
    })),
  );
}

/** A request with native histograms that grow: at each time so many observations, spread over the powers of two around `middle`. */
export function nativeHistograms(
  series: readonly { name: string; labels: LabelRow; middle: number }[],
  counts: readonly { time: number; count: number }[],
): object {
  const start = Math.min(...counts.map(({ time }) => time));
  return requestOf(
    series.map(({ name, labels, middle }) => ({
      name,
      exponentialHistogram: {
        aggregationTemporality: 2,
        dataPoints: counts.map(({ time, count }) => ({
          attributes: attributesOf(labels),
          startTimeUnixNano: nanoseconds(start),
          timeUnixNano: nanoseconds(time),
          count: String(4 * count),
          sum: 4 * count * middle,
          scale: 0,
          zeroCount: "0",
          // Buckets of scale 0 end at the powers of two.
          positive: {
            offset: Math.floor(Math.log2(middle)) - 1,
            bucketCounts: [String(count), String(2 * count), String(count)],
          },
        })),
      },
    })),
  );
}

function requestOf(metrics: object[]): object {
  return { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] };
}

function attributesOf(labels: LabelRow) {
  return Object.entries(labels).map(([key, value]) => ({ key, value: { stringValue: value } }));
}

const nanoseconds = (seconds: number) => `${seconds}000000000`;
