import { expect, test } from "vitest";
import { asking, said, showing } from "../../tests/try-lint.ts";
import { plainRegex } from "./plain-regex.ts";

const failed = (matcher: string) => asking(`sum(rate(shop_orders_total{${matcher}}[5m])) > 1`);

test("a pattern of one value is found at the matcher", () => {
  expect(said(plainRegex, failed('outcome=~"failed"'))).toEqual([
    'alerts.orders-stopped.when.expr@27: outcome=~"failed" is a pattern that matches one value',
  ]);
  expect(said(plainRegex, failed('outcome!~"failed"'))).toHaveLength(1);
});

test.each(['outcome="failed"', 'outcome=~"failed|lost"', 'outcome=~"fail.*"'])(
  "%s is left alone",
  (matcher) => expect(said(plainRegex, failed(matcher))).toEqual([]),
);

test("a dashboard's variable may stand for many values", () => {
  expect(said(plainRegex, showing('sum(shop_queue_depth{queue=~"$queue"})'))).toEqual([]);
});
