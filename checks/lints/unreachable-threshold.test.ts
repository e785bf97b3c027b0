import { expect, test } from "vitest";
import { alerts } from "../../tests/shop.ts";
import { asking, measuring, said, showing } from "../../tests/try-lint.ts";
import { unreachableThreshold } from "./unreachable-threshold.ts";

const { metrics } = measuring({
  shop_cpu_ratio: { type: "gauge", class: "system", unit: "ratio", help: "Busy.", services: ["api"] },
});
const busy = (value: number, aggregate: "max" | "sum" = "max") => ({
  metrics,
  alerts: {
    ...alerts,
    "queue-deep": {
      ...alerts["queue-deep"],
      summary: "s",
      when: {
        kind: "threshold" as const,
        metric: "shop_cpu_ratio" as never,
        aggregate,
        is: ">" as const,
        value,
      },
    },
  },
});
const p95 = "histogram_quantile(0.95, sum by (le) (rate(shop_request_duration_seconds_bucket[5m])))";

test("a share is compared with percent, or with a share", () => {
  expect(said(unreachableThreshold, busy(90))).toEqual([
    'alerts.queue-deep.when.value: "shop_cpu_ratio" is a ratio, from 0 to 1, and is compared by > 90',
  ]);
  expect(said(unreachableThreshold, busy(0.9))).toEqual([]);
  expect(said(unreachableThreshold, busy(1.5, "sum"))).toEqual([]);
});

test("a quantile is compared with more than its last bucket, or with that bucket", () => {
  expect(said(unreachableThreshold, asking(`max(${p95}) > 1`))).toEqual([
    "alerts.orders-stopped.when.expr@0: a quantile of these buckets is never more than 1, and is compared by > 1",
  ]);
  expect(said(unreachableThreshold, asking(`${p95} >= 1`))).toEqual([]);
  expect(said(unreachableThreshold, asking(`${p95} < 2`))).toEqual([]);
});

test("a panel changes colour above its last bucket, or at it", () => {
  const at = (value: number) => showing(p95, { unit: "seconds", thresholds: [{ value, color: "red" }] });
  expect(said(unreachableThreshold, at(1.5))).toEqual([
    "dashboards.orders.rows[0].panels[1].thresholds[0].value: the panel never shows more than 1, its last bucket, and changes colour at 1.5",
  ]);
  expect(said(unreachableThreshold, at(1))).toEqual([]);
});
