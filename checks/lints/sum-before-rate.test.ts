import { expect, test } from "vitest";
import { asking, said } from "../../tests/try-lint.ts";
import { sumBeforeRate } from "./sum-before-rate.ts";

test("a rate of a sum is found at the rate", () => {
  expect(said(sumBeforeRate, asking("0 == rate(sum(shop_orders_total)[5m:])"))).toEqual([
    "alerts.orders-stopped.when.expr@5: rate() of sum() sees a restart of one pod as a jump of all of them",
  ]);
});

test.each(["sum(rate(shop_orders_total[5m]))", "max_over_time(sum(rate(shop_orders_total[5m]))[1h:])"])(
  "%s sums rates",
  (expr) => expect(said(sumBeforeRate, asking(expr))).toEqual([]),
);
