import fc from "fast-check";
import { expect, test } from "vitest";
import type { Criterion, Objective } from "../model/model.ts";
import { criterionOf } from "../model/resolve/gates.ts";
import { howMany } from "../tests/how-many.ts";
import { allowed, isEmpty, isWithin, letsWorstThrough } from "./criterion-range.ts";

const p95: Objective["indicator"] = { kind: "load", profile: "smoke", measure: "p95", unit: "seconds" };
const throughput: Objective["indicator"] = {
  kind: "load",
  profile: "smoke",
  measure: "throughput",
  unit: "per-second",
};
const slo: Objective["indicator"] = { kind: "slo", slo: "success", query: "up", unit: "ratio" };
const query: Objective["indicator"] = { kind: "query", query: "up", unit: "count" };

const operators = ["<", "<=", "=", ">=", ">"] as const;
const criterion = fc.record({
  operator: fc.constantFrom(...operators),
  relative: fc.boolean(),
  value: fc.integer({ min: 0, max: 4 }),
});
const entry = fc.array(
  criterion.map((c): Criterion => ({ ...c, text: "" })),
  { minLength: 1, maxLength: 2 },
);

function holds(criteria: readonly Criterion[], absolute: number, relative: number): boolean {
  return criteria.every((c) => {
    const is = c.relative ? relative : absolute;
    const answers = {
      "<": is < c.value,
      "<=": is <= c.value,
      "=": is === c.value,
      ">=": is >= c.value,
      ">": is > c.value,
    };
    return answers[c.operator];
  });
}

// Criteria of these tests are whole numbers from 0 on: quarters tell every two of their ranges apart.
const absolutes = Array.from({ length: 24 }, (_, i) => i / 4);
const points = absolutes.flatMap((absolute) =>
  [-1, -0.5, ...absolutes].map((relative) => ({ absolute, relative })),
);

test("an entry is empty exactly when it holds for no value", () => {
  fc.assert(
    fc.property(entry, (criteria) => {
      const some = points.some(({ absolute, relative }) => holds(criteria, absolute, relative));
      expect(isEmpty(allowed(criteria, query))).toBe(!some);
    }),
  );
});

test("an entry is within another exactly when it never holds where that one does not", () => {
  fc.assert(
    fc.property(entry, entry, (inner, outer) => {
      fc.pre(!isEmpty(allowed(inner, query)));
      const all = points.every(
        (p) => !holds(inner, p.absolute, p.relative) || holds(outer, p.absolute, p.relative),
      );
      expect(isWithin(allowed(inner, query), allowed(outer, query))).toBe(all);
    }),
    { numRuns: howMany(1000, 50_000) },
  );
});

test.each([
  ["p95 at most 300 ms", p95, ["<=300ms"], false],
  ["p95 at least 300 ms", p95, [">=300ms"], true],
  ["p95 at most 10 % more than before", p95, ["<=+10%"], false],
  ["a throughput of at most 5", throughput, ["<=5/s"], true],
  ["a throughput of at least 5", throughput, [">=5/s"], false],
  ["an SLO of at least 99 %", slo, [">=99%"], false],
  ["an SLO of at least 0 %", slo, [">=0%"], true],
  ["an SLO of more than 0 %", slo, [">0%"], false],
  ["a count of at least 0", query, [">=0"], true],
  ["a count of at most 7", query, ["<=7"], false],
  ["a count of at least 7", query, [">=7"], false],
] as const)("%s: whether the worst value gets through", (_, indicator, texts, expected) => {
  const criteria = texts.map((text) => criterionOf(text, indicator.unit));
  expect(letsWorstThrough(allowed(criteria, indicator), indicator)).toBe(expected);
});
