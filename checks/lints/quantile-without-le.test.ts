import { expect, test } from "vitest";
import { asking, said } from "../../tests/try-lint.ts";
import { quantileWithoutLe } from "./quantile-without-le.ts";

const series = "shop_request_duration_seconds";
const p95 = (inner: string) => asking(`1 < histogram_quantile(0.95, ${inner})`);

test.each([
  `sum(rate(${series}_bucket[5m]))`,
  `sum by (route) (rate(${series}_bucket[5m]))`,
  `sum without (le) (rate(${series}_bucket[5m]))`,
])("of %s there is no quantile", (inner) => {
  expect(said(quantileWithoutLe, p95(inner))).toEqual([
    'alerts.orders-stopped.when.expr@29: the sum drops "le", without which there are no buckets',
  ]);
});

test("of the number of observations there is none either", () => {
  expect(said(quantileWithoutLe, p95(`sum(rate(${series}_count[5m]))`))).toEqual([
    `alerts.orders-stopped.when.expr@38: "${series}_count" has no buckets`,
  ]);
});

test.each([
  `sum by (le) (rate(${series}_bucket[5m]))`,
  `sum without (route) (rate(${series}_bucket[5m]))`,
  `rate(${series}_bucket[5m])`,
])("of %s there is one", (inner) => expect(said(quantileWithoutLe, p95(inner))).toEqual([]));
