import { holm } from "./holm.ts";
import { atLeast } from "./hypergeometric.ts";
import { rankHigher } from "./mann-whitney.ts";
import { tailHeavier } from "./tail.ts";

/** What was seen of a metric, of a canary and of a baseline that was started with it and got the same traffic. */
export type Observation =
  | { name: string; kind: "errors"; baseline: Counted; canary: Counted }
  /** Higher is worse: seconds, bytes. */
  | { name: string; kind: "values"; baseline: readonly number[]; canary: readonly number[] };

export interface Counted {
  errors: number;
  total: number;
}

/** When a difference matters, and how sure one must be. */
export interface CanaryPlan {
  /** Shares of the traffic, in order. */
  steps: readonly number[];
  /** Chance of a false roll-back over all steps and metrics together. */
  alpha: number;
  /** Requests or values on each side that a test needs. */
  minimumSamples: { errors: number; values: number; p95: number; p99: number };
  /** What is too little to matter, however sure: the effect size of a shift, the growth of a quantile, the growth of an error ratio. */
  tolerance: { effect: number; quantile: number; errorRatio: number };
}

/** A p99 needs ten values above it on each side to say anything. */
export const usualPlan: CanaryPlan = {
  steps: [0.01, 0.1, 0.5, 1],
  alpha: 0.05,
  minimumSamples: { errors: 100, values: 50, p95: 200, p99: 1_000 },
  tolerance: { effect: 0.55, quantile: 1.1, errorRatio: 0.001 },
};

export interface CanaryTest {
  metric: string;
  test: "error ratio" | "location" | "p95" | "p99";
  outcome: "worse" | "not worse" | "too few samples";
  /** Adjusted for all tests of the step; absent without enough samples. */
  p?: number;
  /** In words, with numbers. */
  because: string;
}

export interface CanaryDecision {
  decision: "continue" | "hold" | "roll back";
  because: string;
  /** What of alpha this step may spend. */
  alpha: number;
  tests: CanaryTest[];
}

/**
 * Judges a step of a canary: rolls back where a test finds it worse by more than is tolerated, holds while samples are missing, else continues.
 * Each step spends an equal part of alpha, so that looking several times does not add false alarms (Bonferroni: holds for any dependence
 * of the steps, which share their data); within the step the tests share it by Holm's method.
 */
export function judgeCanary(
  observations: readonly Observation[],
  plan: CanaryPlan = usualPlan,
): CanaryDecision {
  const alpha = plan.alpha / plan.steps.length;
  const tried = observations.flatMap((one) =>
    one.kind === "errors" ? errorTests(one, plan) : valueTests(one, plan),
  );
  // In their order: two observations may bear one name.
  const adjusted = holm(tried.flatMap(({ p }) => p ?? [])).values();
  const tests = tried.map(({ matters, p, ...one }): CanaryTest => {
    if (p === undefined) return { ...one, outcome: "too few samples" };
    const all = adjusted.next().value ?? 1;
    return { ...one, p: all, outcome: matters && all <= alpha ? "worse" : "not worse" };
  });
  return { ...decided(tests), alpha, tests };
}

function decided(tests: readonly CanaryTest[]): Pick<CanaryDecision, "decision" | "because"> {
  const of = (outcome: CanaryTest["outcome"]) => tests.filter((test) => test.outcome === outcome);
  const listed = (all: readonly CanaryTest[]) => all.map((one) => `${one.metric}: ${one.because}`).join("; ");
  const [worse, missing] = [of("worse"), of("too few samples")];
  if (worse.length > 0) return { decision: "roll back", because: listed(worse) };
  if (missing.length > 0) return { decision: "hold", because: listed(missing) };
  if (tests.length === 0) return { decision: "hold", because: "nothing was observed" };
  return { decision: "continue", because: `none of ${tests.length} tests found it worse` };
}

interface Tried extends Omit<CanaryTest, "outcome"> {
  /** Whether the difference is beyond what is tolerated. */
  matters: boolean;
}

function errorTests(
  { name, baseline, canary }: Extract<Observation, { kind: "errors" }>,
  { minimumSamples, tolerance }: CanaryPlan,
): Tried[] {
  const about = { metric: name, test: "error ratio" as const };
  const few = Math.min(baseline.total, canary.total);
  if (!isCount(baseline) || !isCount(canary))
    return [{ ...about, matters: false, because: "the counts make no sense" }];
  if (few < minimumSamples.errors)
    return [{ ...about, matters: false, because: fewText(few, minimumSamples.errors) }];
  const marked = baseline.errors + canary.errors;
  const p = atLeast(canary.errors, { all: baseline.total + canary.total, marked, drawn: canary.total });
  const [before, now] = [baseline.errors / baseline.total, canary.errors / canary.total];
  const because = `${canary.errors} errors of ${canary.total}, ${baseline.errors} of ${baseline.total} before`;
  return [{ ...about, p, matters: now - before > tolerance.errorRatio, because }];
}

function isCount({ errors, total }: Counted): boolean {
  return Number.isSafeInteger(errors) && Number.isSafeInteger(total) && errors >= 0 && errors <= total;
}

function valueTests(
  { name: metric, baseline, canary }: Extract<Observation, { kind: "values" }>,
  { minimumSamples, tolerance }: CanaryPlan,
): Tried[] {
  const few = Math.min(baseline.length, canary.length);
  const isSound = [...baseline, ...canary].every(Number.isFinite);
  const tried = (
    test: "location" | "p95" | "p99",
    needed: number,
    compare: () => Omit<Tried, "metric" | "test">,
  ) => {
    if (!isSound) return { metric, test, matters: false, because: "some values are no numbers" };
    if (few < needed) return { metric, test, matters: false, because: fewText(few, needed) };
    return { metric, test, ...compare() };
  };
  const tail = (quantile: number) => () => {
    const { p, ratio } = tailHeavier(baseline, canary, { quantile });
    const because = `its p${quantile * 100} is ${ratio.toPrecision(3)} times the baseline's`;
    return { p, matters: ratio > tolerance.quantile, because };
  };
  return [
    tried("location", minimumSamples.values, () => {
      const { p, effect } = rankHigher(baseline, canary);
      const because = `${Math.round(effect * 100)}% of its values are above the baseline's`;
      return { p, matters: effect > tolerance.effect, because };
    }),
    tried("p95", minimumSamples.p95, tail(0.95)),
    tried("p99", minimumSamples.p99, tail(0.99)),
  ];
}

function fewText(has: number, needs: number): string {
  return `${has} samples, and ${needs} are needed on each side`;
}
