import { expect, test } from "vitest";
import { asking, said } from "../../tests/try-lint.ts";
import { matchesEverything } from "./matches-everything.ts";

const failed = (matcher: string) => asking(`sum(rate(shop_orders_total{${matcher}}[5m])) > 1`);

test.each([
  ['outcome=~".*"', "every series, also those without the label"],
  ['outcome!~".*"', "no series at all"],
])("%s matches %s", (matcher, what) => {
  expect(said(matchesEverything, failed(matcher))).toEqual([
    `alerts.orders-stopped.when.expr@27: ${matcher} matches ${what}`,
  ]);
});

test.each(['outcome=~".+"', 'outcome!=""', 'outcome=~"f.*"'])("%s chooses", (matcher) =>
  expect(said(matchesEverything, failed(matcher))).toEqual([]),
);
