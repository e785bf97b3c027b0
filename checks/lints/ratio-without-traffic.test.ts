import { expect, test } from "vitest";
import { alerts } from "../../tests/shop.ts";
import { said } from "../../tests/try-lint.ts";
import { ratioWithoutTraffic } from "./ratio-without-traffic.ts";

const { "orders-failing": failing } = alerts;
const asking = (minimumEvents: number, value: "30%" | "25%") => ({
  alerts: {
    ...alerts,
    "orders-failing": { ...failing, when: { ...failing.when, minimumEvents, value } as typeof failing.when },
  },
});

test("one event of three is more than 30%, one of four is not more than 25%", () => {
  expect(said(ratioWithoutTraffic, asking(3, "30%"))).toEqual([
    "alerts.orders-failing.when.minimumEvents: one event of 3 is more than 30%: a single one fires the alert",
  ]);
  expect(said(ratioWithoutTraffic, asking(4, "25%"))).toEqual([]);
});
