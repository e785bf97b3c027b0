import { expect, test } from "vitest";
import { asking, said, showing } from "../../tests/try-lint.ts";
import { rateOfGauge } from "./rate-of-gauge.ts";

test("a rate of a gauge is found where it stands, also behind an offset", () => {
  expect(said(rateOfGauge, asking("1 < sum(rate(shop_queue_depth[5m] offset 1h))"))).toEqual([
    'alerts.orders-stopped.when.expr@8: rate() of the gauge "shop_queue_depth" takes each fall for a restart',
  ]);
  expect(said(rateOfGauge, showing("resets(shop_queue_depth[1h])"))).toHaveLength(1);
});

test.each([
  "deriv(shop_queue_depth[5m])",
  "rate(shop_orders_total[5m])",
  "rate(shop_request_duration_seconds_sum[5m])",
])("%s is no rate of a gauge", (expr) => expect(said(rateOfGauge, asking(expr))).toEqual([]));
