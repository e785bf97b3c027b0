import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { policy as policySchema } from "../../catalog/policy.ts";
import { ratioOf } from "../../catalog/units.ts";
import { criterionOf } from "../../model/resolve/gates.ts";
import type { GateInputs, Policy, Reading } from "./decision.ts";
import { evaluate } from "./evaluate.ts";

const AT = "2026-03-01T12:00:00.000Z";
const source = { digest: "sha256:00", origin: "k6 1.8.1", at: AT };

type Written = {
  pass?: string[][];
  warn?: string[][];
  weight?: number;
  key?: boolean;
  minimumSamples?: number;
};

/** A policy whose objectives all read a query in seconds. */
function policyOf(objectives: Record<string, Written>, more: object = {}): Policy {
  const indicator = { query: "vector(1)", unit: "seconds" };
  const written = policySchema.parse({
    name: "release",
    description: "Lets good releases pass.",
    level: "mandatory",
    total: { pass: "90%", warn: "75%" },
    objectives: Object.entries(objectives).map(([name, one]) => ({ name, indicator, ...one })),
    ...more,
  });
  const entries = (all?: string[][]) =>
    all?.map((group) => group.map((text) => criterionOf(text, "seconds")));
  return {
    ...written,
    file: "policies/shop/release.yaml",
    total: { pass: ratioOf(written.total.pass), warn: ratioOf(written.total.warn) },
    objectives: written.objectives.map(({ pass, warn, ...one }) => ({
      ...one,
      indicator: { kind: "query", ...indicator },
      ...(pass && { pass: entries(pass) as never }),
      ...(warn && { warn: entries(warn) as never }),
    })),
  };
}

function inputsOf(values: Record<string, number | Reading>, more: Partial<GateInputs> = {}): GateInputs {
  const readings = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === "number" ? { value, source } : value,
  ]);
  return { at: AT, readings: Object.fromEntries(readings), accepted: [], ...more };
}

const accepted = (...values: number[]) =>
  values.map((value, i) => ({ id: `run-${i}`, at: `2026-02-0${i + 1}T00:00:00.000Z`, values: { a: value } }));

describe("a criterion", () => {
  const a = (text: string) => policyOf({ a: { pass: [[text]] } });

  test.each([
    ["<=300ms", 0.3, "pass"],
    ["<=300ms", 0.3000001, "fail"],
    ["<300ms", 0.3, "fail"],
    [">=2s", 2, "pass"],
    [">2s", 2, "fail"],
    ["=2s", 2, "pass"],
  ] as const)("%s judges %d: %s", (text, value, verdict) => {
    expect(evaluate(a(text), inputsOf({ a: value })).verdict).toBe(verdict);
  });

  test.each([
    ["<=+10%", 0.33, "pass"],
    ["<=+10%", 0.3301, "fail"],
    [">=-5%", 0.285, "pass"],
    [">=-5%", 0.2849, "fail"],
  ] as const)("%s of 0.3 judges %d: %s", (text, value, verdict) => {
    const decision = evaluate(a(text), inputsOf({ a: value }, { accepted: accepted(0.3) }));
    expect(decision.verdict).toBe(verdict);
  });

  test("a relative one of a negative value goes the same way", () => {
    const limit = (text: string) =>
      evaluate(a(text), inputsOf({ a: 0 }, { accepted: accepted(-200) })).objectives[0]?.pass[0]?.[0]?.limit;
    expect([limit("<=+10%"), limit(">=-10%")]).toEqual([-180, -220]);
  });

  test("entries are alternatives, the criteria of one must all hold", () => {
    const policy = policyOf({ a: { pass: [["<=1s"], [">=5s", "<=6s"]] } });
    const verdicts = [1, 3, 5, 7].map((value) => evaluate(policy, inputsOf({ a: value })).verdict);
    expect(verdicts).toEqual(["pass", "fail", "pass", "fail"]);
  });
});

describe("what relative criteria compare with", () => {
  const policy = (compare: object) => policyOf({ a: { pass: [["<=+0%"]] } }, { compare });
  const compared = (compare: object, runs = accepted(1, 2, 3, 4, 100)) =>
    evaluate(policy(compare), inputsOf({ a: 1 }, { accepted: runs })).objectives[0]?.compared;

  test("is an aggregate of the last accepted runs, the newest first", () => {
    expect(compared({ runs: 3, aggregate: "avg" })).toEqual({
      value: 107 / 3,
      aggregate: "avg",
      runs: ["run-4", "run-3", "run-2"],
    });
    expect(compared({ runs: 5, aggregate: "p50" })?.value).toBe(3);
    expect(compared({ runs: 5, aggregate: "p90" })?.value).toBeCloseTo(61.6);
  });

  test("is the pinned run, whatever was accepted later", () => {
    expect(compared({ reference: "run-1" })).toEqual({ value: 2, aggregate: "reference", runs: ["run-1"] });
  });

  test("is never a run after the decision", () => {
    const later = { id: "later", at: "2026-03-01T12:00:00.001Z", values: { a: 9 } };
    expect(compared({ runs: 1 }, [...accepted(1), later])?.runs).toEqual(["run-0"]);
  });

  test("a pinned run that is gone is inconclusive", () => {
    expect(
      evaluate(policy({ reference: "gone" }), inputsOf({ a: 1 }, { accepted: accepted(1) })),
    ).toMatchObject({
      verdict: "inconclusive",
      objectives: [{ because: "there is no accepted run to compare with" }],
    });
  });
});

describe("the score", () => {
  const policy = policyOf({
    a: { pass: [["<=1s"]], warn: [["<=2s"]], weight: 3 },
    b: { pass: [["<=1s"]] },
    told: {},
  });

  test.each([
    [1, 1, "pass", 4],
    [2, 1, "fail", 2.5],
    [1, 9, "warn", 3],
    [9, 9, "fail", 0],
  ] as const)("of %d and %d: %s", (a, b, verdict, reached) => {
    const decision = evaluate(policy, inputsOf({ a, b, told: 7 }));
    expect(decision).toMatchObject({ verdict, score: { reached, of: 4 } });
  });

  test("a key objective that fails, fails the gate whatever the score", () => {
    const keyed = policyOf({ a: { pass: [["<=1s"]], weight: 99 }, b: { pass: [["<=1s"]], key: true } });
    expect(evaluate(keyed, inputsOf({ a: 1, b: 2 }))).toMatchObject({
      verdict: "fail",
      because: "key objectives failed: b",
    });
  });

  test("nothing to judge is inconclusive", () => {
    expect(evaluate(policyOf({ told: {} }), inputsOf({ told: 1 })).verdict).toBe("inconclusive");
  });
});

describe("what is not known never passes", () => {
  const policy = policyOf({
    a: { pass: [["<=1s"]], weight: 99 },
    b: { pass: [["<=1s"]], minimumSamples: 10 },
  });
  const known = { value: 0.5, source };

  test.each([
    ["no reading", {}, "there is no evidence"],
    ["a missing one", { b: { missing: "the file is 3 d old" } }, "the file is 3 d old"],
    ["not a number", { b: { ...known, value: Number.NaN, samples: 20 } }, "NaN is no measurement"],
    ["infinite", { b: { ...known, value: Number.NEGATIVE_INFINITY } }, "-Infinity is no measurement"],
    ["too few samples", { b: { ...known, samples: 9 } }, "9 samples, and 10 are needed"],
    ["an unknown number of samples", { b: known }, "it is not known of how many samples, and 10 are needed"],
  ])("%s", (_, readings, because) => {
    const decision = evaluate(policy, inputsOf({ a: 0.5, ...readings }));
    expect(decision).toMatchObject({ verdict: "inconclusive", blocks: true, because: "not known: b" });
    expect(decision.objectives[1]).toMatchObject({ verdict: "inconclusive", because });
  });

  test("names that every object has are no readings", () => {
    expect(evaluate(policyOf({ constructor: { pass: [["<=1s"]] } }), inputsOf({})).verdict).toBe(
      "inconclusive",
    );
  });

  test("where even the best values would not do, the gate fails", () => {
    const even = policyOf({ a: { pass: [["<=1s"]] }, b: { pass: [["<=1s"]] } });
    expect(evaluate(even, inputsOf({ a: 2 }))).toMatchObject({
      verdict: "fail",
      because: "0 of 2 points, and at most 1: too few",
    });
  });
});

describe("a new service", () => {
  const bootstrap = { until: "2026-03-01", reason: "The first release." };
  const relative = { a: { pass: [["<=1s", "<=+10%"]] }, b: { pass: [["<=+10%"]] } };

  test("is judged without comparisons until the bootstrap rule ends", () => {
    const decision = evaluate(policyOf(relative, { bootstrap }), inputsOf({ a: 0.5, b: 5 }));
    expect(decision).toMatchObject({ verdict: "pass", bootstrap });
    expect(decision.objectives.map(({ verdict }) => verdict)).toEqual(["pass", "informs"]);
  });

  test("the day after, what cannot be compared is inconclusive", () => {
    const late = inputsOf({ a: 0.5, b: 5 }, { at: "2026-03-02T00:00:00.000Z" });
    expect(evaluate(policyOf(relative, { bootstrap }), late).verdict).toBe("inconclusive");
    expect(evaluate(policyOf(relative), inputsOf({ a: 0.5, b: 5 })).verdict).toBe("inconclusive");
  });

  test("with something to compare with the rule changes nothing", () => {
    const slow = inputsOf({ a: 0.5, b: 5 }, { accepted: accepted(0.1) });
    expect(evaluate(policyOf({ a: relative.a }, { bootstrap }), slow).verdict).toBe("fail");
  });
});

describe("a level", () => {
  const decided = (level: string, override: object = {}) => {
    const whole = {
      by: "ada",
      role: "release-manager",
      reason: "Hotfix.",
      until: "2026-03-02T00:00:00Z",
      ...override,
    };
    return evaluate(
      policyOf({ a: { pass: [["<=1s"]] } }, { level }),
      inputsOf({ a: 2 }, { override: whole }),
    );
  };

  test("advisory never blocks, mandatory always, overridable without a valid override", () => {
    expect([decided("advisory").blocks, decided("mandatory").blocks, decided("overridable").blocks]).toEqual([
      false,
      true,
      false,
    ]);
    expect(decided("overridable")).toMatchObject({ verdict: "fail", override: { counts: true } });
  });

  test.each([
    [{ role: "developer" }, "only release-manager may override it, not developer"],
    [{ reason: " " }, "it gives no reason"],
    [{ until: AT }, `it ended at ${AT}`],
    [{ until: "soon" }, "it ended at soon"],
  ])("an override with %j does not count", (wrong, because) => {
    expect(decided("overridable", wrong)).toMatchObject({
      blocks: true,
      override: { counts: false, because },
    });
  });
});

describe("for any policy and inputs", () => {
  const names = ["a", "b", "c"];
  const criterion = fc.constantFrom("<=1s", "<=2s", ">1s", "<=+10%", ">=-20%");
  const entries = fc.array(fc.array(criterion, { minLength: 1, maxLength: 2 }), {
    minLength: 1,
    maxLength: 2,
  });
  const objective = fc.record(
    { pass: entries, warn: entries, weight: fc.nat(5), key: fc.boolean() },
    { requiredKeys: [] },
  );
  const policies = fc
    .tuple(...names.map(() => objective))
    .map((all) => policyOf(Object.fromEntries(all.map((one, i) => [names[i], one]))));
  const value = fc.oneof(fc.constantFrom(0, 0.9, 1, 1.1, 2, 3), fc.constant(Number.NaN));
  const values = fc.dictionary(fc.constantFrom(...names), value);
  const history = fc.array(fc.constantFrom(1, 2), { maxLength: 3 }).map((all) => accepted(...all));

  test("taking evidence away never makes a verdict better", () => {
    const rank = { fail: 0, inconclusive: 1, warn: 2, pass: 3 };
    fc.assert(
      fc.property(policies, values, history, fc.constantFrom(...names), (policy, known, accepted, gone) => {
        const whole = evaluate(policy, inputsOf(known, { accepted }));
        const { [gone]: _, ...less } = known;
        const { verdict } = evaluate(policy, inputsOf(less, { accepted }));
        // A failure may become unknown; nothing unknown may become a pass.
        if (verdict === "pass" || verdict === "warn")
          expect(rank[verdict]).toBeLessThanOrEqual(rank[whole.verdict]);
      }),
      { numRuns: 2_000 },
    );
  });

  test("it is the same again, also from JSON", () => {
    fc.assert(
      fc.property(policies, values, history, (policy, known, accepted) => {
        const inputs = inputsOf(known, { accepted });
        const first = evaluate(policy, inputs);
        expect(evaluate(policy, inputs)).toEqual(first);
        const finite = Object.values(known).every(Number.isFinite);
        if (finite) expect(evaluate(policy, JSON.parse(JSON.stringify(inputs)))).toEqual(first);
      }),
      { numRuns: 500 },
    );
  });
});
