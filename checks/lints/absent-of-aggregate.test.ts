import { expect, test } from "vitest";
import { asking, said } from "../../tests/try-lint.ts";
import { absentOfAggregate } from "./absent-of-aggregate.ts";

test("absent of an aggregation is found, of a series not", () => {
  expect(said(absentOfAggregate, asking("absent(sum by (queue) (shop_queue_depth))"))).toEqual([
    "alerts.orders-stopped.when.expr@0: absent() of sum() has no labels that say what is missing, and nothing when one queue of several is gone",
  ]);
  expect(said(absentOfAggregate, asking("absent_over_time(sum(shop_queue_depth)[5m:])"))).toHaveLength(1);
  expect(said(absentOfAggregate, asking("absent(shop_queue_depth)"))).toEqual([]);
  expect(said(absentOfAggregate, asking("absent_over_time(shop_queue_depth[5m])"))).toEqual([]);
});
