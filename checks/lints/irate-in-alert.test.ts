import { expect, test } from "vitest";
import { asking, said, showing } from "../../tests/try-lint.ts";
import { irateInAlert } from "./irate-in-alert.ts";

test("irate is found in an alert, and is fine in a panel", () => {
  expect(said(irateInAlert, asking("sum(irate(shop_orders_total[5m])) > 1"))).toEqual([
    "alerts.orders-stopped.when.expr@4: irate() looks at two samples only: one dip resets the alert's wait",
  ]);
  expect(said(irateInAlert, asking("sum(rate(shop_orders_total[5m])) > 1"))).toEqual([]);
  expect(said(irateInAlert, showing("sum(irate(shop_orders_total[5m]))"))).toEqual([]);
});
