import { expect, test } from "vitest";
import { ProblemsError } from "../problems/problem.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { explain } from "./explain.ts";
import { findEntries } from "./find.ts";

const model = modelOf([shop], policies);
const explained = (id: string) => findEntries(model, id).map(explain);

test("an SLO is explained with its burn-rate table and what uses it", () => {
  const [slo] = explained("shop/order-success");
  expect(slo?.meaning).toBe(
    "99.9% of the events must be good over 30 days; 0.1% may fail, as much as 43 min 12 s of nothing but failures. Customers see an error page.",
  );
  expect(slo?.tables[0]?.rows[1]).toEqual([
    "page-quick",
    "page",
    "5m / 1h",
    "2% of the budget",
    "14.4 × 0.001 = 0.0144",
    "52 s",
    "8 min 38 s",
    "never",
  ]);
  expect(slo?.usedBy).toEqual([
    "alert order-success-page-quick",
    "alert order-success-page-slow",
    "alert order-success-ticket-quick",
    "alert order-success-ticket-slow",
    "alert order-success-absent",
    'dashboard orders, "Orders by outcome"',
    "load profile smoke",
    "gate release",
  ]);
});

test("an alert is found by its name in Prometheus too, and says who is told", () => {
  const [alert] = explained("QueueDeep");
  expect(alert?.id).toBe("shop/queue-deep");
  expect(alert?.facts).toMatchObject({
    fires: "after 10m",
    told: "warning: chat",
    panel: "dashboard orders, panel 2",
  });
  expect(alert?.queries[0]?.promql).toBe('max by (queue) (shop_queue_depth{platform="shop"}) > 100');
});

test("a gate shows what each objective is measured by", () => {
  const [gate] = explained("release");
  expect(gate?.tables[0]?.rows.slice(1)).toEqual([
    [
      "success (key)",
      "1",
      ">=99.9%",
      ">=99.5%",
      '1 - slo:period_error:ratio{platform="shop",slo="order-success"}',
    ],
    ["p95", "2", "<=300ms and <=+10%", "informs only", "load profile smoke, p95"],
  ]);
});

test("a metric shows its labels and every reader", () => {
  const [metric] = explained("shop_queue_depth");
  expect(metric?.tables[0]?.rows).toEqual([
    ["LABEL", "VALUES"],
    ["queue", "at most 10 values"],
  ]);
  expect(metric?.usedBy).toEqual(["alert queue-deep", 'dashboard orders, "Queue"']);
});

test("a service shows who calls it", () => {
  expect(explained("store")[0]?.facts).toMatchObject({ "called by": "api", "metrics job": "none" });
});

test("a name that nothing has gets its near match", () => {
  expect(() => findEntries(model, "order-sucess")).toThrow(ProblemsError);
  expect(() => findEntries(model, "order-sucess")).toThrow(/nothing is called "order-sucess"/);
});
