import { expect, test } from "vitest";
import { said, showing } from "../../tests/try-lint.ts";
import { legendWithoutLabel } from "./legend-without-label.ts";

const drawn = (expr: string, legend?: string) =>
  said(legendWithoutLabel, showing(expr, { queries: [{ expr, ...(legend && { legend }) }] }));
const p95 = "histogram_quantile(0.9, sum by (le, route) (rate(shop_request_duration_seconds_bucket[5m])))";

test("a legend names a label that was aggregated away", () => {
  expect(drawn("max(shop_queue_depth)", "{{queue}}")).toEqual([
    'dashboards.orders.rows[0].panels[1].queries[0].legend: the legend names "queue", which the query does not keep',
  ]);
  expect(drawn(p95, "{{le}}")).toHaveLength(1);
});

test("several series have no legend", () => {
  expect(drawn("max by (queue) (shop_queue_depth)")).toEqual([
    "dashboards.orders.rows[0].panels[1].queries[0].expr: the query keeps queue apart and has no legend: Grafana shows the raw labels",
  ]);
});

test.each([
  ["max by (queue) (shop_queue_depth)", "{{queue}}"],
  ["topk(3, max by (queue) (shop_queue_depth))", "{{ queue }}"],
  ["max(shop_queue_depth)", "deepest"],
  ["shop_queue_depth", "{{pod}}"],
  [p95, "{{route}}"],
  ['label_replace(max(shop_queue_depth), "a", "b", "", "")', "{{a}}"],
])("%s with %s is right", (expr, legend) => expect(drawn(expr, legend)).toEqual([]));
