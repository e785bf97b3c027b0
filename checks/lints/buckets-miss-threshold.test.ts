import { expect, test } from "vitest";
import { metrics } from "../../tests/shop.ts";
import { said } from "../../tests/try-lint.ts";
import { bucketsMissThreshold } from "./buckets-miss-threshold.ts";

const { shop_request_duration_seconds: duration } = metrics;
const bounded = (...buckets: number[]) => ({
  metrics: { ...metrics, shop_request_duration_seconds: { ...duration, buckets } },
});

test.each([
  [[0.3, 1], "below"],
  [[0.1, 0.3], "above"],
])("of buckets %j none is %s the limit of 0.3 s", (buckets, side) => {
  expect(said(bucketsMissThreshold, bounded(...buckets))).toEqual([
    expect.stringContaining(
      `slos.order-latency.sli.threshold: "shop_request_duration_seconds" has no bucket ${side} 0.3`,
    ),
  ]);
});

test("buckets on both sides are enough", () => {
  expect(said(bucketsMissThreshold, bounded(0.1, 0.3, 1))).toEqual([]);
});
