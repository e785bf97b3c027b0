import { z } from "zod";
import { worstOf } from "../../runs/worst.ts";
import { count, fromJson, known, type Measured, seconds, UnreadableError } from "../measured.ts";

/** What k6 says of a run, as the generated script writes it. */
export const k6Run = z.object({
  durationSeconds: seconds.positive(),
  requests: count,
  throughput: z.number().min(0),
  errorRate: z.number().min(0).max(1).nullable(),
  p50: seconds.nullable(),
  p95: seconds.nullable(),
  p99: seconds.nullable(),
});

const summary = z.object({ platform: z.string().min(1), profile: z.string().min(1), ...k6Run.shape });

/** What the generated k6 script writes of a run (`load-tests/scripts/http.js`). */
export function readK6(text: string): Measured {
  const { platform, profile, ...run } = fromJson(text, summary);
  return { subject: `${platform}/${profile}`, values: valuesOfRuns([run]) };
}

/** The worst of several runs of one load. Throws an UnreadableError where one of them is at odds with itself. */
export function valuesOfRuns(runs: readonly z.output<typeof k6Run>[]): Measured["values"] {
  for (const run of runs) refuseOdd(run);
  const { measures, samples } = worstOf(runs);
  return valuesOfMeasures(measures, samples);
}

/** What a load measured, each of so many requests. Throws an UnreadableError where it cannot have been measured. */
export function valuesOfMeasures(
  measures: Readonly<Record<string, number | null>>,
  samples: number,
): Measured["values"] {
  if (samples === 0) throw new UnreadableError("the run sent no request");
  const sorted = ["p50", "p95", "p99"]
    .map((name) => measures[name] ?? null)
    .filter((value) => value !== null);
  if (sorted.some((value, i) => value < (sorted[i - 1] ?? 0)))
    throw new UnreadableError("its percentiles do not rise");
  const of = (value: number | null | undefined) =>
    value === null || value === undefined ? undefined : { value, samples };
  return known(Object.fromEntries(Object.entries(measures).map(([name, value]) => [name, of(value)])));
}

// k6 divides by the time it ran; what says otherwise was not written by it.
function refuseOdd({ requests, throughput, durationSeconds }: z.output<typeof k6Run>): void {
  if (requests === 0) throw new UnreadableError("the run sent no request");
  if (Math.abs(throughput * durationSeconds - requests) > 0.01 * requests + 1)
    throw new UnreadableError("its requests, duration and throughput do not fit each other");
}
