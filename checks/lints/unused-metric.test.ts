import { expect, test } from "vitest";
import { measuring, said, showing } from "../../tests/try-lint.ts";
import { unusedMetric } from "./unused-metric.ts";

const more = measuring({
  shop_wait_seconds: {
    type: "histogram",
    class: "user",
    unit: "seconds",
    help: "Wait.",
    services: ["api"],
    buckets: [1, 2],
  },
});

test("a metric that nothing reads is found at its name", () => {
  expect(said(unusedMetric, more)).toEqual(['metrics.shop_wait_seconds: nothing reads "shop_wait_seconds"']);
});

test("one of its series in a panel is enough", () => {
  expect(said(unusedMetric, { ...more, ...showing("sum(rate(shop_wait_seconds_count[5m]))") })).toEqual([]);
});
