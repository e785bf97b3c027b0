import { expect, test } from "vitest";
import { saidOfPolicy } from "../../tests/try-lint.ts";
import { mootWeight } from "./moot-weight.ts";

const objective = (name: string, weight: number, more: object = {}) => ({
  ...{ name, weight, indicator: { load: "smoke", measure: name } },
  ...{ pass: [["<=300ms"]], warn: [["<=500ms"]], ...more },
});

test("a key objective without weight, whose warning nobody hears of, is found", () => {
  expect(saidOfPolicy(mootWeight, [objective("p95", 1), objective("p99", 0, { key: true })])).toEqual([
    'objectives[1].weight: a warning of key objective "p99" never changes what the gate says: its weight is 0 of 1',
  ]);
  expect(saidOfPolicy(mootWeight, [objective("p95", 1), objective("p99", 1, { key: true })])).toEqual([]);
});

test("an objective that total can always do without is found, and one that decides beside others is not", () => {
  const big = objective("p95", 20, { warn: undefined });
  const total = { total: { pass: "90%", warn: "75%" } };
  expect(saidOfPolicy(mootWeight, [big, objective("p50", 1)], total)).toEqual([
    'objectives[1].weight: a warning or a failure of objective "p50" never changes what the gate says: its weight is 1 of 21',
  ]);
  // Two of them together are more than a tenth of the points.
  expect(saidOfPolicy(mootWeight, [big, objective("p50", 2), objective("p99", 2)], total)).toEqual([]);
});
