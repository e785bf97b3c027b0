import { z } from "zod";
import { count, fromJson, known, type Measured, seconds, UnreadableError } from "../measured.ts";

const summary = z.object({
  platform: z.string().min(1),
  profile: z.string().min(1),
  durationSeconds: seconds.positive(),
  requests: count,
  throughput: z.number().min(0),
  errorRate: z.number().min(0).max(1).nullable(),
  p50: seconds.nullable(),
  p95: seconds.nullable(),
  p99: seconds.nullable(),
});

/** What the generated k6 script writes of a run (`load-tests/scripts/http.js`). */
export function readK6(text: string): Measured {
  const { platform, profile, requests, errorRate, ...run } = fromJson(text, summary);
  if (requests === 0) throw new UnreadableError("the run sent no request");
  const sorted = [run.p50, run.p95, run.p99].filter((value) => value !== null);
  if (sorted.some((value, i) => value < (sorted[i - 1] ?? 0)))
    throw new UnreadableError("its percentiles do not rise");
  // k6 divides by the time it ran; what says otherwise was not written by it.
  if (Math.abs(run.throughput * run.durationSeconds - requests) > 0.01 * requests + 1)
    throw new UnreadableError("its requests, duration and throughput do not fit each other");
  const of = (value: number | null) => (value === null ? undefined : { value, samples: requests });
  return {
    subject: `${platform}/${profile}`,
    values: known({
      p50: of(run.p50),
      p95: of(run.p95),
      p99: of(run.p99),
      "error-rate": of(errorRate),
      throughput: of(run.throughput),
    }),
  };
}
