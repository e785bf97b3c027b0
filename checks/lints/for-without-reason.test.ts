import { expect, test } from "vitest";
import { alerts } from "../../tests/shop.ts";
import { asking, said } from "../../tests/try-lint.ts";
import { forWithoutReason } from "./for-without-reason.ts";

test("an alert that waits without saying why is found (PM-4)", () => {
  const { because: _, ...unexplained } = alerts["queue-deep"];
  expect(said(forWithoutReason, { alerts: { ...alerts, "queue-deep": unexplained } })).toEqual([
    "alerts.queue-deep.for: the alert waits 10m and does not say why",
  ]);
});

test("one that does not wait needs no reason, and those of SLOs bring theirs", () => {
  expect(said(forWithoutReason, asking("sum(rate(shop_orders_total[5m])) == 0"))).toEqual([]);
});
