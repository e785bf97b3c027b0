import type { Bottleneck, LoadResult, Run, SloVerdict } from "./result.ts";
import { withoutSlope } from "./slope.ts";

/** A result for a person on a terminal. */
export function loadText(result: LoadResult): string {
  const { title, verdict, reasons, runs, repeatability, baseline, compressed, warmUpSeconds } = result;
  const shortened = compressed === 1 ? "" : `, ${compressed} times shorter than described`;
  return [
    `${title}: ${verdict.toUpperCase()}`,
    ...reasons.map((reason) => `  ✗ ${reason}`),
    `  against ${result.target}${shortened}; ${warmUpSeconds} s of warm-up are not counted`,
    ...runs.flatMap(runText),
    "",
    `Repeated: ${repeatability.verdict}${repeatability.difference === null ? "" : `; p50 and p95 differ by ${percent(repeatability.difference)}, ${percent(repeatability.tolerance)} are allowed`}`,
    ...baselineText(baseline),
  ].join("\n");
}

function runText(run: Run): string[] {
  const { number, summary, slos, slopes, bottleneck, samplingOverhead, reachedPerSecond } = run;
  const slopeless = withoutSlope(run);
  return [
    "",
    `Run ${number}: ${summary.requests} requests in ${summary.durationSeconds.toFixed(1)} s (${summary.throughput.toFixed(1)} a second)`,
    `  p50 ${ms(summary.p50)}, p95 ${ms(summary.p95)}, p99 ${ms(summary.p99)}; failed ${percent(summary.errorRate)}, dropped ${summary.droppedIterations}; ${Number(reachedPerSecond.toPrecision(3))} a second were asked for at the end`,
    ...runnersText(run),
    ...summary.thresholds.map(({ metric, threshold, ok }) => `  ${ok ? "✓" : "✗"} ${metric} ${threshold}`),
    ...slos.map(sloText),
    ...slopes.map(
      ({ of, verdict, perHour, uncertainty, unit, mean }) =>
        `  ${of} ${verdict}: ${amount(mean, unit)}, ${amount(perHour, unit)} ± ${amount(uncertainty, unit)} an hour`,
    ),
    ...(slopeless === undefined ? [] : [`  ${slopeless}`]),
    ...(bottleneck ? bottleneckText(bottleneck) : []),
    ...(samplingOverhead === null ? [] : [`  a scrape took ${ms(samplingOverhead)} on average`]),
  ];
}

function sloText({ slo, verdict, good, events, objective, because }: SloVerdict): string {
  if (verdict === "not measured") return `  – SLO ${slo} not measured by the lab: ${because}`;
  const sign = verdict === "met" ? "✓" : "✗";
  return `  ${sign} SLO ${slo} ${verdict}: ${percent(good)} of ${events?.toFixed(0) ?? "no"} events, ${percent(objective)} are asked for`;
}

function runnersText({ runners }: Run): string[] {
  if (runners.length === 0) return [];
  const passed = runners.filter((one) => one.passed).length;
  return [`  ${runners.length} runners, judged together; alone ${passed} of them would have passed`];
}

function bottleneckText({ verdict, resource }: Bottleneck): string[] {
  return [`  bottleneck: ${resource === undefined ? "none" : resource}; ${verdict}`];
}

function baselineText(baseline: LoadResult["baseline"]): string[] {
  if (!baseline) return ["Baseline: none yet; --save-baseline keeps these runs as one"];
  if (baseline.problem !== undefined) return [`Baseline: ${baseline.problem}`];
  return [
    "Baseline:",
    ...baseline.comparisons.map(
      ({ measure, unit, before, now, worseBy, noise, verdict }) =>
        `  ${verdict === "worse" ? "✗" : " "} ${measure} ${amount(before, unit)} → ${amount(now, unit)} (${worseBy >= 0 ? "+" : ""}${percent(worseBy)}, noise ${percent(noise)}): ${verdict}`,
    ),
    ...baseline.missing.map((measure) => `  ✗ ${measure}: not measured`),
  ];
}

/** Seconds as milliseconds. */
export function ms(seconds: number | null): string {
  return seconds === null ? "no sample" : `${(seconds * 1000).toFixed(1)} ms`;
}

/** A ratio in percent. */
export function percent(ratio: number | null): string {
  return ratio === null ? "no sample" : `${Number((ratio * 100).toPrecision(4))} %`;
}

/** An amount with its unit. */
export function amount(value: number, unit: string): string {
  if (unit === "B") return `${(value / 2 ** 20).toFixed(1)} MiB`;
  if (unit === "s") return ms(value);
  return `${Number(value.toPrecision(3))}${unit ? ` ${unit}` : ""}`;
}
