import { expect, test } from "vitest";
import { saidOfPolicy } from "../../tests/try-lint.ts";
import { idleCriterion } from "./idle-criterion.ts";

const p95 = (pass: string[][], warn?: string[][]) => [
  { name: "p95", indicator: { load: "smoke", measure: "p95" }, pass, ...(warn && { warn }) },
];

test("a criterion whose entry asks as much without it is found, of two alike the later one", () => {
  expect(saidOfPolicy(idleCriterion, p95([["<=300ms", "<=500ms"]]))).toEqual([
    'objectives[0].pass[0][1]: "<=500ms" of objective "p95" decides nothing: the rest of its entry asks as much',
  ]);
  expect(saidOfPolicy(idleCriterion, p95([["<=+10%", "<=+10%"]]))).toEqual([
    'objectives[0].pass[0][1]: "<=+10%" of objective "p95" decides nothing: the rest of its entry asks as much',
  ]);
  expect(saidOfPolicy(idleCriterion, p95([["<=300ms", "<=+10%"]]))).toEqual([]);
});

test("an alternative that only lets through what another one does is found", () => {
  expect(saidOfPolicy(idleCriterion, p95([["<=100ms"]], [["<=500ms"], ["<=300ms", "<=+10%"]]))).toEqual([
    'objectives[0].warn[1]: "<=300ms" and "<=+10%" of objective "p95" decides nothing: what meets it meets "<=500ms"',
  ]);
  expect(saidOfPolicy(idleCriterion, p95([["<=100ms"], ["<=300ms", "<=+10%"]]))).toEqual([]);
});
