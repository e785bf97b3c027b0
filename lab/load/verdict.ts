import {
  budget,
  compare,
  measuresOf,
  notComparable,
  readBaseline,
  type Setting,
  spreadOf,
} from "./baseline.ts";
import type { Comparison, LoadResult, Run } from "./result.ts";

/** Two loads of one profile agree when their medians and p95 differ by no more than the budget that they are to be judged by. */
export function repeatabilityOf(runs: readonly Run[]): LoadResult["repeatability"] {
  if (runs.length < 2) return { tolerance: budget, difference: null, verdict: "one run tells nothing of it" };
  const measured = measuresOf(runs);
  const { "p50 (s)": p50, "p95 (s)": p95 } = measured;
  // What one of the runs lacks is not there.
  if (!p50 || !p95) return { tolerance: budget, difference: null, verdict: "not measured" };
  const difference = Math.max(spreadOf(p50), spreadOf(p95));
  return {
    ...{ tolerance: budget, difference },
    verdict: difference <= budget ? "the runs agree" : "too noisy to judge",
  };
}

/** The runs beside their baseline, if there is one. */
export async function baselineOf(
  file: string,
  { runs, ...now }: Pick<LoadResult, "runs"> & Setting,
): Promise<LoadResult["baseline"]> {
  try {
    const before = await readBaseline(file);
    if (!before) return undefined;
    const problem = notComparable(before, now);
    if (problem !== undefined) return { file, problem, comparisons: [], missing: [] };
    const measured = measuresOf(runs);
    const missing = Object.keys(before.measures).filter((name) => measured[name] === undefined);
    const comparisons = compare(before.measures, measured);
    if (comparisons.length === 0 && missing.length === 0)
      return { file, problem: "it holds nothing that these runs measured", comparisons, missing };
    return { file, comparisons, missing };
  } catch (error) {
    return { file, problem: (error as Error).message, comparisons: [], missing: [] };
  }
}

type Judged = Pick<LoadResult, "runs" | "baseline" | "repeatability" | "untilFailure">;

/**
 * What the runs come to. A failure counts more than what cannot be judged, unless the runs disagree and some of them did not fail. Where
 * the load was to grow until something fails, that it did is no failure, if the service carried a part of it before.
 */
export function verdictOf(judged: Judged): Pick<LoadResult, "verdict" | "reasons"> {
  const { runs, baseline, repeatability, untilFailure } = judged;
  const failing = runs
    .map((run) => (untilFailure ? failuresBeforeLimit(run) : failuresOf(run)))
    .filter((failures) => failures.length > 0);
  const failures = [...failing.flat(), ...comparisonsThat(baseline, "worse")];
  const isNoise = repeatability.verdict === "too noisy to judge" && failing.length < runs.length;
  if (failures.length > 0) return { verdict: isNoise ? "inconclusive" : "fail", reasons: failures };
  const open = [
    ...(baseline?.problem === undefined ? [] : [`nothing can be compared: ${baseline.problem}`]),
    ...comparisonsThat(baseline, "too noisy to judge"),
    ...(baseline?.missing ?? []).map(
      (measure) => `the baseline has ${measure}, which these runs did not measure`,
    ),
    ...(repeatability.verdict === "not measured"
      ? ["one of the runs has no percentile: they cannot be compared"]
      : []),
    ...runs.flatMap(({ number, slos }) =>
      slos
        .filter(({ verdict }) => verdict === "no events")
        .map(({ slo }) => `run ${number}: the service counted no events of ${slo}`),
    ),
  ];
  return open.length > 0 ? { verdict: "inconclusive", reasons: open } : { verdict: "pass", reasons: [] };
}

// A service that is dead, or that failed as soon as it was looked at, has shown no limit.
function failuresBeforeLimit(run: Run): string[] {
  const failures = failuresOf(run);
  const { number, summary, reachedPerSecond, firstJudgedPerSecond } = run;
  const isWithoutLoad = summary.thresholds.some(({ threshold, ok }) => threshold.endsWith(">0") && !ok);
  if (failures.length === 0 || summary.p50 === null || isWithoutLoad) return failures;
  if (reachedPerSecond > firstJudgedPerSecond) return [];
  return [
    ...failures,
    `run ${number}: it ended at ${Number(reachedPerSecond.toPrecision(3))} a second, before anything was seen to hold`,
  ];
}

/**
 * Why runs may not become a baseline; nothing if they may: their load passed by itself, and beside the baseline before it is neither worse nor too
 * noisy. A baseline that cannot be compared at all is replaced.
 */
export function noBaseline(judged: Judged): string | undefined {
  const { baseline, ...alone } = judged;
  if (verdictOf(alone).verdict !== "pass") return "a baseline is of runs that pass";
  if (!baseline || baseline.problem !== undefined || verdictOf(judged).verdict === "pass") return undefined;
  return `they are no pass beside the one before; remove ${baseline.file} if they are to take its place`;
}

function failuresOf({ number, summary, slos, slopes }: Run): string[] {
  return [
    ...summary.thresholds
      .filter(({ ok }) => !ok)
      .map(({ metric, threshold }) => `run ${number}: ${metric} is not ${threshold}`),
    ...slos
      .filter(({ verdict }) => verdict === "missed")
      .map(
        ({ slo, good, objective }) => `run ${number}: ${slo} is ${percent(good)}, not ${percent(objective)}`,
      ),
    ...slopes
      .filter(({ of, verdict }) => of !== "memory" && verdict === "grows")
      .map(({ of }) => `run ${number}: ${of} grow`),
  ];
}

function comparisonsThat(baseline: LoadResult["baseline"], verdict: Comparison["verdict"]): string[] {
  return (baseline?.comparisons ?? [])
    .filter((one) => one.verdict === verdict)
    .map(
      ({ measure, worseBy, noise }) =>
        `${measure} ${worseBy >= 0 ? "+" : ""}${(worseBy * 100).toFixed(1)} % against the baseline: ${verdict} (runs differ by ${percent(noise)}, the budget is ${percent(budget)})`,
    );
}

function percent(ratio: number | null): string {
  return ratio === null ? "unknown" : `${Number((ratio * 100).toPrecision(5))} %`;
}
