import { expect, test } from "vitest";
import { measuring, said } from "../../tests/try-lint.ts";
import { unboundedLabel } from "./unbounded-label.ts";

const labelled = (atMost: number) =>
  measuring({
    shop_baskets: {
      type: "gauge",
      class: "user",
      help: "h",
      services: ["api"],
      labels: { city: { atMost } },
    },
  });

test("201 values of a label are too many, 200 are not", () => {
  expect(said(unboundedLabel, labelled(201))).toEqual([
    'metrics.shop_baskets.labels.city: label "city" of "shop_baskets" may have 201 values, each a series of its own in every pod',
  ]);
  expect(said(unboundedLabel, labelled(200))).toEqual([]);
});
