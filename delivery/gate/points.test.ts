import { expect, test } from "vitest";
import { policyOf } from "../evidence/fixtures/gate-of.ts";
import type { Policy } from "./decision.ts";
import { evaluate } from "./evaluate.ts";

const indicator = { kind: "query", query: "vector(1)", unit: "seconds" } as const;
const asked = policyOf({ a: { indicator, pass: "<=1s" }, b: { indicator, pass: "<=1s" } });
const source = { digest: "sha256:00", origin: "k6 1.8.1", at: "2026-03-01T00:00:00.000Z" };
const readings = { a: { value: 1, source }, b: { value: 2, source } };

test("a share of the points that has no exact double is reached exactly: 56 % of 25 are 14", () => {
  expect(0.56 * 25).toBeGreaterThan(14);
  const judged = (pass: number, warn: number) => {
    const weights = [14, 11];
    const objectives = asked.objectives.map((one, i) => ({ ...one, key: false, weight: weights[i] ?? 0 }));
    const policy: Policy = { ...asked, objectives, total: { pass, warn } };
    return evaluate(policy, { at: source.at, readings, accepted: [] }).verdict;
  };
  expect([judged(0.56, 0.56), judged(0.57, 0.56), judged(0.57, 0.57)]).toEqual(["pass", "warn", "fail"]);
});
