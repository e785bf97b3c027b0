import { expect, test } from "vitest";
import { measuring, said } from "../../tests/try-lint.ts";
import { tooManySeries } from "./too-many-series.ts";

const sized = (atMost: number, buckets: number) =>
  measuring({
    shop_wait_seconds: {
      type: "histogram",
      class: "user",
      unit: "seconds",
      help: "h",
      services: ["api"],
      labels: { city: { atMost }, outcome: Array.from({ length: 25 }, (_, i) => `o${i}`) },
      buckets: Array.from({ length: buckets }, (_, i) => i + 1),
    },
  });

test("values multiply with each other and with buckets, +Inf, sum and count", () => {
  expect(said(tooManySeries, sized(100, 8))).toEqual([
    'metrics.shop_wait_seconds.labels: "shop_wait_seconds" may have 27500 series in each pod: the values of its labels multiply',
  ]);
  expect(said(tooManySeries, sized(100, 7))).toEqual([]);
});
