import type { LoadProfile, Slo } from "../model/model.ts";
import { plannedIterations } from "./scenario.ts";

/** k6 thresholds by metric: the run fails (exit code 99) if one of them does not hold. */
export type Thresholds = Record<string, (string | AbortingThreshold)[]>;

/** A threshold that ends the run when it does not hold. */
export interface AbortingThreshold {
  threshold: string;
  abortOnFail: true;
  /** Before that, too few samples decide. */
  delayAbortEval: string;
}

/** Seconds before k6 looks whether a load until failure has to end, and between its looks (k6's own, `thresholdsRate` of its engine). */
const firstLook = { delay: 10, every: 2 };

/** Seconds after which k6 has looked at the thresholds of a load until failure once. */
export const firstLookSeconds = firstLook.delay + firstLook.every;

/**
 * What a run must show: the objectives of the profile's SLOs, its checks, and that there was a load at all.
 * k6 passes a threshold on a rate or a percentile that got no sample, so counts of requests and iterations are asked for too.
 */
export function thresholdsOf(profile: LoadProfile): Thresholds {
  const latencies = profile.slos.flatMap(latencyThreshold);
  const failures = profile.slos.flatMap(failureThreshold);
  const thresholds = {
    checks: [`rate>=${profile.checks}`],
    dropped_iterations: [`count<=${droppedAtMost(profile)}`],
    ...(latencies.length > 0 && { "http_req_duration{expected_response:true}": unique(latencies) }),
    ...(failures.length > 0 && { http_req_failed: unique(failures) }),
    http_reqs: ["count>0"],
    iterations: ["count>0"],
  };
  return profile.untilFailure ? aborting(thresholds) : thresholds;
}

// Those that hold at the beginning and may fail later; "count>0" is the other way round.
function aborting(thresholds: Record<string, string[]>): Thresholds {
  return Object.fromEntries(
    Object.entries(thresholds).map(([metric, all]) => [
      metric,
      all.map((threshold) =>
        threshold.endsWith(">0")
          ? threshold
          : { threshold, abortOnFail: true as const, delayAbortEval: `${firstLook.delay}s` },
      ),
    ]),
  );
}

// An objective of 99 % below 300 ms holds when the 99th percentile is at most 300 ms, in k6's milliseconds. Unexpected
// answers count as failures, not as fast: a refused connection takes 0 ms.
function latencyThreshold({ sli, objective }: Slo): string[] {
  if (sli.kind !== "latency" && sli.kind !== "native-latency") return [];
  return [`p(${exact(objective * 100)})<=${exact(sli.thresholdSeconds * 1000)}`];
}

// k6 counts as failed what answered with another status than the request expects, or not at all. What an SLO counts in its own PromQL,
// in minutes or over other SLOs no single request can tell.
function failureThreshold({ sli, budget }: Slo): string[] {
  return sli.kind === "bad-events" || sli.kind === "good-events" ? [`rate<=${exact(budget)}`] : [];
}

// An iteration that could not be started in time is one whose checks never ran: as many may be missing as may fail.
function droppedAtMost({ arrivals, checks }: LoadProfile): number {
  return Math.floor(exact(plannedIterations(arrivals) * (1 - checks)));
}

function exact(value: number): number {
  return Number(value.toPrecision(12));
}

function unique(values: string[]): string[] {
  return [...new Set(values)].sort();
}
