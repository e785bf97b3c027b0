import { expect, test } from "vitest";
import { problemsOf } from "../../tests/model-of.ts";
import { policies, shop } from "../../tests/shop.ts";
import { criterionOf } from "./gates.ts";

test.each([
  ["<=300ms", "seconds", { operator: "<=", relative: false, value: 0.3 }],
  [">=90d", "seconds", { operator: ">=", relative: false, value: 7_776_000 }],
  [">99.9%", "ratio", { operator: ">", relative: false, value: 0.999 }],
  ["<=+10%", "seconds", { operator: "<=", relative: true, value: 0.1 }],
  [">= -5%", "per-second", { operator: ">=", relative: true, value: -0.05 }],
  [">=50/h", "per-hour", { operator: ">=", relative: false, value: 50 }],
  [">=50", "per-hour", { operator: ">=", relative: false, value: 50 }],
  [">=120/m", "per-second", { operator: ">=", relative: false, value: 2 }],
  ["<512Mi", "bytes", { operator: "<", relative: false, value: 536_870_912 }],
  ["=0", "count", { operator: "=", relative: false, value: 0 }],
])("%s of a value in %s is %j", (text, unit, parts) => {
  expect(criterionOf(text, unit)).toEqual({ text, ...parts });
});

test("a criterion in another unit than its indicator's is a problem", () => {
  const [policy] = Object.values(policies);
  const wrong = {
    ...policy,
    objectives: [{ name: "p95", indicator: { load: "smoke", measure: "p95" }, pass: [["<=99%"]] }],
  };
  expect(problemsOf([shop], { "latency-and-errors": wrong })).toMatchInlineSnapshot(
    `"policy/wrong-unit at policies.latency-and-errors.objectives[0].pass[0][0]: "<=99%" judges a value in seconds → write the number in seconds, or without a unit"`,
  );
});

test("a warning that no score can reach is a problem", () => {
  const wrong = { ...policies["latency-and-errors"], total: { pass: "75%", warn: "90%" } };
  expect(problemsOf([shop], { "latency-and-errors": wrong })).toMatch(
    /^policy\/warn-above-pass at .*total.warn/,
  );
});
