import { expect, test } from "vitest";
import { policy } from "../../catalog/policy.ts";
import { explainIssues } from "../../problems/zod-issues.ts";
import { modelOf, problemsOf } from "../../tests/model-of.ts";
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
  const [written] = Object.values(policies);
  const wrong = {
    ...written,
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

const withIndicator = (indicator: object, pass: string) => ({
  "latency-and-errors": {
    ...policies["latency-and-errors"],
    objectives: [{ name: "one", indicator, pass: [[pass]] }],
  },
});

test.each([
  [
    { evidence: "coverage", measure: "lines" },
    ">=80%",
    { kind: "evidence", evidence: "coverage", measure: "lines", unit: "ratio" },
  ],
  [
    { evidence: "drill", measure: "notification" },
    "<=5s",
    { kind: "evidence", evidence: "drill", measure: "notification", unit: "seconds" },
  ],
  [
    { slo: "order-success", measure: "budget-left" },
    ">=10%",
    {
      ...{ kind: "slo", slo: "order-success", measure: "budget-left", unit: "ratio" },
      query: 'slo:period_error_budget_remaining:ratio{platform="shop",slo="order-success"}',
    },
  ],
  [
    { slo: "order-success", measure: "burn-rate" },
    "<=1",
    {
      ...{ kind: "slo", slo: "order-success", measure: "burn-rate", unit: "count" },
      query: 'slo:current_burn_rate:ratio{platform="shop",slo="order-success"}',
    },
  ],
])("%j has the unit of its measure", (indicator, pass, resolved) => {
  const [gate] = modelOf([shop], withIndicator(indicator, pass)).platforms[0]?.gates ?? [];
  expect(gate?.policy.objectives[0]?.indicator).toEqual(resolved);
});

test("evidence that no tool gives, and a measure that it does not have, are told with what there is", () => {
  const told = (indicator: object) => {
    const [written] = Object.values(withIndicator(indicator, "=0"));
    const issues = policy.safeParse(written).error?.issues ?? [];
    return explainIssues(issues, written, policy).map(({ message, fix }) => [message, fix].join("; "));
  };
  expect(told({ evidence: "coverag", measure: "lines" })).toMatchInlineSnapshot(`
    [
      "evidence is "coverag"; it must be "coverage", "findings", "vulnerabilities", "duplication", "tests", "terraform-plan", "drill", "changes", "regression-risk", "benchmark" or "approvals"; did you mean "coverage"?",
    ]
  `);
  expect(told({ evidence: "coverage", measure: "line" })[0]).toContain('did you mean "lines"');
  expect(problemsOf([shop], withIndicator({ evidence: "coverage", measure: "files" }, "=0"))).toContain(
    'coverage does not tell "files" → it tells lines, branches, functions',
  );
});

test("a criterion in another unit than its evidence's is a problem", () => {
  const wrong = withIndicator({ evidence: "drill", measure: "notification" }, "<=5%");
  expect(problemsOf([shop], wrong)).toContain("policy/wrong-unit");
});
