import { expect, test } from "vitest";
import { alerts } from "../../tests/shop.ts";
import { said } from "../../tests/try-lint.ts";
import { shortRateWindow } from "./short-rate-window.ts";

const { "orders-stopped": stopped, "orders-failing": failing } = alerts;

/** The shop with a rate over a window; a direct alert on the same service has it scraped every 5 s. */
const over = (window: string, direct: boolean) => {
  const when = {
    ...stopped.when,
    expr: `sum(rate(shop_orders_total[${window}])) > 1`,
  } as typeof stopped.when;
  const others = Object.entries(alerts).map(([name, alert]) => [name, { ...alert, direct: false }]);
  return {
    alerts: {
      ...(direct ? alerts : Object.fromEntries(others)),
      "orders-stopped": { ...stopped, when },
    } as typeof alerts,
  };
};

test("of a service that is scraped every 15 s, a rate needs a minute", () => {
  expect(said(shortRateWindow, over("59s", false))).toEqual([
    "alerts.orders-stopped.when.expr@9: 59 s hold 3 scrapes: one that fails leaves too few for a rate",
  ]);
  expect(said(shortRateWindow, over("60s", false))).toEqual([]);
});

test("of one that a direct alert reads, scraped every 5 s, it needs 20 s", () => {
  expect(said(shortRateWindow, over("19s", true))).toHaveLength(1);
  expect(said(shortRateWindow, over("20s", true))).toEqual([]);
});

test("the window of a structured alert is looked at as well", () => {
  const counting = (window: "19s" | "20s") => ({
    alerts: {
      ...alerts,
      "orders-failing": { ...failing, when: { ...failing.when, window } as typeof failing.when },
    },
  });
  expect(said(shortRateWindow, counting("19s"))).toEqual([
    "alerts.orders-failing.when.window: 19 s hold 3 scrapes: one that fails leaves too few for a rate",
  ]);
  expect(said(shortRateWindow, counting("20s"))).toEqual([]);
});
