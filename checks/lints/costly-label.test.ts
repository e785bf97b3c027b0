import { expect, test } from "vitest";
import { measuring, said } from "../../tests/try-lint.ts";
import { costlyLabel } from "./costly-label.ts";

const labelled = (label: string, values: string[] | { atMost: number }) =>
  measuring({
    shop_baskets: { type: "gauge", class: "user", help: "h", services: ["api"], labels: { [label]: values } },
  });

test.each(["session_id", "userid", "client_ip", "url"])("%s is different each time", (label) => {
  expect(said(costlyLabel, labelled(label, { atMost: 50 }))).toEqual([
    `metrics.shop_baskets.labels.${label}: label "${label}" of "shop_baskets" is named after something that is different each time`,
  ]);
});

test("a name like another, or values that are listed, come again", () => {
  expect(said(costlyLabel, labelled("recipe", { atMost: 50 }))).toEqual([]);
  expect(said(costlyLabel, labelled("query", ["list", "find"]))).toEqual([]);
});
