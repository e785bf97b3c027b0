import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { holm } from "./holm.ts";
import { atLeast, logFactorial } from "./hypergeometric.ts";
import { judgeCanary, type Observation, usualPlan } from "./judge.ts";
import { rankHigher } from "./mann-whitney.ts";
import { aboveNormal } from "./normal.ts";
import { tailHeavier } from "./tail.ts";

describe("published values", () => {
  test("of factorials and the normal distribution", () => {
    expect(Math.exp(logFactorial(5))).toBeCloseTo(120, 9);
    expect(logFactorial(0)).toBeCloseTo(0, 11);
    expect(logFactorial(1_000)).toBeCloseTo(5912.128178488163, 9);
    expect(aboveNormal(1.959963984540054)).toBeCloseTo(0.025, 8);
    expect(aboveNormal(6) / 9.865876450376946e-10).toBeCloseTo(1, 6);
    expect(aboveNormal(-1)).toBeCloseTo(0.8413447460685429, 7);
  });

  test("of Fisher's lady tasting tea, and of a table of counts", () => {
    expect(atLeast(4, { all: 8, marked: 4, drawn: 4 })).toBeCloseTo(1 / 70, 12);
    expect(atLeast(3, { all: 8, marked: 4, drawn: 4 })).toBeCloseTo(17 / 70, 12);
    expect(atLeast(0, { all: 8, marked: 4, drawn: 4 })).toBe(1);
  });

  test("of Mann and Whitney's test: every order of two times four, by the exact distribution", () => {
    // All of the canary above all of the baseline: exactly 1 of 70 orders; the approximation is close even here.
    const { p, effect } = rankHigher([1, 2, 3, 4], [5, 6, 7, 8]);
    expect(effect).toBe(1);
    expect(p).toBeCloseTo(1 / 70, 2);
    expect(rankHigher([1, 1, 1], [1, 1, 1])).toEqual({ p: 1, effect: 0.5 });
  });

  test("of Holm's procedure", () => {
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(holm([])).toEqual([]);
  });
});

test("the tail of the hypergeometric distribution is the sum of its terms", () => {
  const counts = fc.record({
    all: fc.integer({ min: 1, max: 60 }),
    a: fc.nat(60),
    b: fc.nat(60),
    found: fc.nat(60),
  });
  const choose = (n: number, k: number): number =>
    k < 0 || k > n ? 0 : Math.exp(logFactorial(n) - logFactorial(k) - logFactorial(n - k));
  fc.assert(
    fc.property(counts, ({ all, a, b, found }) => {
      const [marked, drawn] = [Math.min(a, all), Math.min(b, all)];
      let sum = 0;
      for (let k = found; k <= Math.min(marked, drawn); k++)
        sum += (choose(marked, k) * choose(all - marked, drawn - k)) / choose(all, drawn);
      expect(atLeast(found, { all, marked, drawn })).toBeCloseTo(sum, 9);
    }),
  );
});

test.each([
  // Far to the left of the middle, where the first term underflows; in the middle; far to the right; all marked but a few.
  { found: 1, all: 200_000, marked: 4_000, drawn: 100_000 },
  { found: 1_990, all: 200_000, marked: 4_000, drawn: 100_000 },
  { found: 2_100, all: 200_000, marked: 4_000, drawn: 100_000 },
  { found: 40_000, all: 1_000_000, marked: 400_000, drawn: 100_000 },
  { found: 39_500, all: 1_000_000, marked: 400_000, drawn: 100_000 },
  { found: 99_990, all: 200_000, marked: 199_985, drawn: 100_000 },
])("with large counts too: $found of $marked among $drawn of $all", ({ found, all, marked, drawn }) => {
  const choose = (n: number, k: number) => logFactorial(n) - logFactorial(k) - logFactorial(n - k);
  let sum = 0;
  for (let k = Math.max(found, drawn - all + marked); k <= Math.min(marked, drawn); k++)
    sum += Math.exp(choose(marked, k) + choose(all - marked, drawn - k) - choose(all, drawn));
  expect(atLeast(found, { all, marked, drawn }) / sum).toBeCloseTo(1, 6);
});

test("among any counts, more found is never likelier, and both sides make one", () => {
  const counts = fc.record({
    all: fc.integer({ min: 1, max: 1_000_000 }),
    a: fc.nat(1_000),
    b: fc.nat(1_000),
    c: fc.nat(1_000),
  });
  fc.assert(
    fc.property(counts, ({ all, a, b, c }) => {
      const [marked, drawn] = [Math.round((a * all) / 1_000), Math.round((b * all) / 1_000)];
      const found = Math.round((c * Math.min(marked, drawn)) / 1_000);
      const p = atLeast(found, { all, marked, drawn });
      expect(p).toBeGreaterThanOrEqual(atLeast(found + 1, { all, marked, drawn }));
      const fewer = atLeast(drawn - found + 1, { all, marked: all - marked, drawn });
      expect(p + fewer).toBeCloseTo(1, 6);
    }),
  );
});

describe("what a test of location alone lets pass", () => {
  const repeated = (...all: [value: number, times: number][]) =>
    all.flatMap(([value, times]) => new Array<number>(times).fill(value));
  const small = { ...usualPlan, minimumSamples: { errors: 10, values: 10, p95: 10, p99: 10 } };
  const judged = (observation: Observation, plan = usualPlan) => judgeCanary([observation], plan);

  test("a mean that is 70 times higher: 7 × 100 and 3 × 1 against 10 × 1", () => {
    const one: Observation = {
      ...{ name: "latency", kind: "values" },
      ...{ baseline: repeated([1, 10]), canary: repeated([100, 7], [1, 3]) },
    };
    expect(judged(one, small).decision).toBe("roll back");
    expect(judged(one)).toMatchObject({ decision: "hold", because: expect.stringContaining("10 samples") });
  });

  test("sparse errors: 9 of 1,000 against none", () => {
    const one: Observation = {
      ...{ name: "errors", kind: "errors" },
      ...{ baseline: { errors: 0, total: 1_000 }, canary: { errors: 9, total: 1_000 } },
    };
    expect(judged(one)).toMatchObject({
      decision: "roll back",
      because: "errors: 9 errors of 1000, 0 of 1000 before",
    });
  });

  test.each([
    [1, 9],
    [1, 10],
    [1, 20],
    [4, 20],
  ])("time-outs, all of the same 30 s: %i of 100 before, %i now", (before, now) => {
    for (const n of [1_000, 10_000]) {
      const side = (share: number) =>
        Array.from({ length: n }, (_, i) => (i < (n * share) / 100 ? 30 : 0.1 + (i % 97) / 1_000));
      const one: Observation = {
        ...{ name: "latency", kind: "values" },
        ...{ baseline: side(before), canary: side(now) },
      };
      const { decision, tests } = judged(one);
      expect(decision).toBe("roll back");
      expect(tests[1]).toMatchObject({ test: "p95", outcome: "worse" });
    }
  });

  test("a spread that grew at the same median", () => {
    const spread = (width: number) => Array.from({ length: 1_000 }, (_, i) => 10 + (i / 999 - 0.5) * width);
    const one: Observation = { name: "latency", kind: "values", baseline: spread(2), canary: spread(8) };
    expect(rankHigher(one.baseline, one.canary).p).toBeGreaterThan(0.4);
    const { decision, tests } = judged(one);
    expect(decision).toBe("roll back");
    expect(tests.map(({ test, outcome }) => [test, outcome])).toEqual([
      ["location", "not worse"],
      ["p95", "worse"],
      ["p99", "worse"],
    ]);
  });
});

describe("a decision", () => {
  const same = (n: number): Observation => {
    const values = Array.from({ length: n }, (_, i) => i);
    return { name: "latency", kind: "values", baseline: values, canary: values };
  };

  test("continues where everything is the same, holds where samples are missing or nothing was seen", () => {
    expect(judgeCanary([same(1_000)]).decision).toBe("continue");
    expect(judgeCanary([same(999)]).tests.at(-1)).toMatchObject({ outcome: "too few samples" });
    expect(judgeCanary([same(999)]).decision).toBe("hold");
    expect(judgeCanary([])).toMatchObject({ decision: "hold", because: "nothing was observed" });
  });

  test.each([
    [{ errors: 5, total: 3 }],
    [{ errors: -1, total: 3_000 }],
    [{ errors: Number.NaN, total: 3_000 }],
    [{ errors: 0.5, total: 3_000 }],
  ])("counts such as %j never pass", (canary) => {
    const one: Observation = {
      name: "errors",
      kind: "errors",
      baseline: { errors: 0, total: 3_000 },
      canary,
    };
    expect(judgeCanary([one]).decision).toBe("hold");
  });

  test("values that are no numbers never pass", () => {
    const baseline = Array.from({ length: 1_000 }, (_, i) => i);
    const canary = [...baseline.slice(1), Number.NaN];
    expect(judgeCanary([{ name: "latency", kind: "values", baseline, canary }]).decision).toBe("hold");
  });

  test("a difference that is certain and too small to matter is let through", () => {
    const one: Observation = {
      ...{ name: "errors", kind: "errors" },
      ...{ baseline: { errors: 100, total: 1_000_000 }, canary: { errors: 300, total: 1_000_000 } },
    };
    const { decision, tests } = judgeCanary([one]);
    expect(decision).toBe("continue");
    expect(tests[0]?.p).toBeLessThan(1e-9);
  });

  test("a second observation under a name is judged by its own values", () => {
    const errors = (count: number): Observation => ({
      ...{ name: "errors", kind: "errors" },
      ...{ baseline: { errors: 0, total: 1_000 }, canary: { errors: count, total: 1_000 } },
    });
    expect(judgeCanary([errors(0), errors(500)])).toMatchObject({
      decision: "roll back",
      tests: [{ outcome: "not worse" }, { outcome: "worse" }],
    });
  });

  test("each step spends an equal part of alpha", () => {
    expect(judgeCanary([same(1_000)]).alpha).toBe(0.05 / 4);
  });

  test("worse is never better: values that grow only lower p", () => {
    const values = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 20, maxLength: 40 });
    fc.assert(
      fc.property(values, values, fc.nat(20), (baseline, canary, more) => {
        const worse = canary.map((value) => value + more);
        expect(rankHigher(baseline, worse).p).toBeLessThanOrEqual(rankHigher(baseline, canary).p + 1e-12);
        expect(tailHeavier(baseline, [...worse], { quantile: 0.95 }).p).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
