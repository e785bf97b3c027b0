import { expect, test } from "vitest";
import { alerts } from "../../tests/shop.ts";
import { asking, said } from "../../tests/try-lint.ts";
import { forLongerThanWindow } from "./for-longer-than-window.ts";

const charged = (wait: "5m" | "6m") => ({
  alerts: { ...alerts, "double-charge": { ...alerts["double-charge"], for: wait } },
});

test("an alert that waits for longer than it counts is found, one that waits as long is not", () => {
  expect(said(forLongerThanWindow, charged("6m"))).toEqual([
    "alerts.double-charge.for: the alert waits 6m and counts over 300 s: what it counts has left the window before it fires",
  ]);
  expect(said(forLongerThanWindow, charged("5m"))).toEqual([]);
});

test("of a free-form alert the longest window in which it counts is taken", () => {
  const expr = "sum(rate(shop_orders_total[5m])) == 0 and sum(increase(shop_orders_total[1h])) > 0";
  expect(said(forLongerThanWindow, asking(expr, { for: "1h" }))).toEqual([]);
  expect(said(forLongerThanWindow, asking(expr, { for: "2h" }))).toHaveLength(1);
  expect(said(forLongerThanWindow, asking("max_over_time(shop_queue_depth[5m]) > 9", { for: "2h" }))).toEqual(
    [],
  );
});
