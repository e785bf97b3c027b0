import { z } from "zod";
import { quantile } from "../../gate/quantile.ts";
import { fromJson, type Measured, moment, seconds, UnreadableError } from "../measured.ts";

const samples = z.array(seconds.positive()).min(5);
const report = z.object({
  version: z.literal(1),
  at: moment,
  benchmarks: z
    .array(
      z.object({
        name: z.string().min(1),
        /** Which share of an answer's time goes into what is measured: 0 to 1. */
        share: z.number().positive().max(1),
        /** Seconds of each run: of the release that serves now, and of the one that is judged. */
        before: samples,
        after: samples,
      }),
    )
    .min(1),
});

// A median of runs that differ by more than this does not tell 10 % from noise.
const MOST_SPREAD = 0.1;

/**
 * Predicts by how much answers take longer, from benchmarks of their parts on one machine: the sum of each part's change of the median by its share
 * of the time. What is not measured is taken to stay as it is. A part whose middle half spreads over more than a tenth is too noisy.
 */
export function readBenchmark(text: string): Measured {
  const { at, benchmarks } = fromJson(text, report);
  const names = new Set(benchmarks.map(({ name }) => name));
  if (names.size < benchmarks.length) throw new UnreadableError("a benchmark stands in it twice");
  if (benchmarks.reduce((sum, { share }) => sum + share, 0) > 1 + 1e-9)
    throw new UnreadableError("the shares add up to more than the whole time");
  const noisy = benchmarks.filter(({ before, after }) =>
    [before, after].some((all) => spread(all) > MOST_SPREAD),
  );
  if (noisy.length > 0)
    throw new UnreadableError(`too noisy to judge: ${noisy.map(({ name }) => name).join(", ")}`);
  const value = benchmarks.reduce(
    (sum, { share, before, after }) => sum + share * (quantile(after, 0.5) / quantile(before, 0.5) - 1),
    0,
  );
  const samples = Math.min(...benchmarks.flatMap(({ before, after }) => [before.length, after.length]));
  return { at, values: { "latency-increase": { value, samples } } };
}

/** Width of the middle half, as a share of the median. */
function spread(values: readonly number[]): number {
  return (quantile(values, 0.75) - quantile(values, 0.25)) / quantile(values, 0.5);
}
