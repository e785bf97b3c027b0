import { expect, test } from "vitest";
import { asking, said } from "../../tests/try-lint.ts";
import { rawCounter } from "./raw-counter.ts";

test.each([
  "sum(shop_orders_total) > 9",
  "max_over_time(shop_orders_total[5m]) > 9",
  "shop_request_duration_seconds_sum > 9",
])("%s asks for what nobody knows", (expr) => {
  expect(said(rawCounter, asking(expr))).toEqual([
    expect.stringMatching(
      /^alerts\.orders-stopped\.when\.expr@\d+: "shop_\w+" counts since the process began/,
    ),
  ]);
});

test.each([
  "sum(increase(shop_orders_total[1h])) > 9",
  "count(shop_orders_total) > 9",
  "shop_orders_total - shop_orders_total offset 1h > 9",
  "shop_queue_depth > 9 and on (pod) shop_orders_total",
  "absent(shop_orders_total)",
  "sum(shop_queue_depth) or 0 * sum(shop_orders_total)",
])("%s does not", (expr) => expect(said(rawCounter, asking(expr))).toEqual([]));
