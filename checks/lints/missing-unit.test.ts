import { expect, test } from "vitest";
import { measuring, said, showing } from "../../tests/try-lint.ts";
import { missingUnit } from "./missing-unit.ts";

const duration = "shop_request_duration_seconds";

test.each([
  ["sum(rate(shop_orders_total[5m]))", "count", "count per second"],
  ["sum(shop_disk_free_bytes)", "percent", "bytes"],
  [`histogram_quantile(0.9, sum by (le) (rate(${duration}_bucket[5m])))`, "bytes", "seconds"],
  [`sum(rate(${duration}_sum[5m])) / sum(rate(${duration}_count[5m]))`, "percent", "seconds"],
  ["sum(shop_disk_free_bytes) / sum(shop_disk_size_bytes)", "bytes", "ratio"],
  ["count(shop_disk_free_bytes)", "bytes", "count"],
  ["max(shop_disk_size_bytes - shop_disk_free_bytes) > 5", "seconds", "bytes"],
  ['slo:sli_error:ratio_rate5m{slo="order-success"}', "seconds", "ratio"],
] as const)("%s is not in %s", (expr, unit, measure) => {
  expect(said(missingUnit, showing(expr, { unit }))).toEqual([
    `dashboards.orders.rows[0].panels[1].unit: the panel is in ${unit}, and its query gives ${measure}`,
  ]);
});

test.each([
  ["sum(rate(shop_orders_total[5m]))", "per-second"],
  ["sum(increase(shop_orders_total[1h]))", "per-hour"],
  ["sum(shop_disk_free_bytes) / (sum(shop_disk_size_bytes) > 0)", "percent"],
  [`histogram_quantile(0.9, sum by (le) (rate(${duration}_bucket[5m])))`, "seconds"],
  [`sum(rate(${duration}_sum[5m]))`, "cores"],
  ["sum(rate(shop_orders_total[5m])) / sum(rate(shop_double_charges_total[5m]))", "percent"],
  ["sum(shop_queue_depth) * 60", "seconds"],
  ["time() - max(shop_queue_depth)", "bytes"],
  ["sum(deriv(shop_disk_free_bytes[5m]))", "bytes-per-second"],
] as const)("%s may be in %s", (expr, unit) =>
  expect(said(missingUnit, showing(expr, { unit }))).toEqual([]),
);

test("a metric is named after a unit that it is not in, or that no one should use", () => {
  const named = (name: string, unit: "count" | "usd") =>
    said(
      missingUnit,
      measuring({ [name]: { type: "gauge", class: "user", unit, help: "h", services: ["api"] } }),
    );
  expect(named("shop_price_usd", "count")).toEqual([
    'metrics.shop_price_usd.unit: "shop_price_usd" is named after usd, and its unit is count',
  ]);
  expect(named("shop_wait_ms", "count")).toEqual([
    'metrics.shop_wait_ms.unit: "shop_wait_ms" is named after ms, which is no base unit',
  ]);
  expect(named("shop_price_usd", "usd")).toEqual([]);
  expect(named("shop_items", "count")).toEqual([]);
});
