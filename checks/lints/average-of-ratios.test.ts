import { expect, test } from "vitest";
import { asking, said } from "../../tests/try-lint.ts";
import { averageOfRatios } from "./average-of-ratios.ts";

test.each([
  "avg(shop_disk_free_bytes / shop_disk_size_bytes)",
  "avg(1 - shop_disk_free_bytes / (shop_disk_size_bytes > 0))",
  "avg_over_time((shop_disk_free_bytes / shop_disk_size_bytes)[1h:1m])",
  'avg_over_time(slo:sli_error:ratio_rate5m{slo="order-success"}[1d])',
])("%s is an average of ratios", (expr) => {
  expect(said(averageOfRatios, asking(`${expr} < 0.1`))).toEqual([
    expect.stringMatching(/^alerts\.orders-stopped\.when\.expr@0: avg\w* of a ratio weighs/),
  ]);
});

test.each([
  "avg(shop_disk_free_bytes) / avg(shop_disk_size_bytes)",
  "max(shop_disk_free_bytes / shop_disk_size_bytes)",
  "avg(shop_queue_depth / 100)",
])("%s is none", (expr) => expect(said(averageOfRatios, asking(`${expr} < 0.1`))).toEqual([]));
