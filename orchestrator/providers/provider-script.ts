import { z } from "zod";
import { draws } from "../seeded-draws.ts";

const share = z.number().min(0).max(1);

/** How the local provider behaves, until it is told otherwise. */
export const providerScript = z.strictObject({
  /** Same seed, same calls in the same order: same answers. */
  seed: z.int().min(0).default(1),
  /** Time to an answer: evenly between the two. */
  latencyMs: z
    .strictObject({ from: z.number().min(0), to: z.number().min(0).max(600_000) })
    .refine(({ from, to }) => from <= to, "from must not be greater than to")
    .default({ from: 20, to: 60 }),
  /** Share of the calls that are answered with `errorStatus`. */
  errors: share.default(0),
  errorStatus: z.union([z.literal(500), z.literal(503), z.literal(529)]).default(503),
  /** Share of the calls that are answered with something that is no completion. */
  malformed: share.default(0),
  /** Share of the calls that are never answered. */
  hangs: share.default(0),
  /** Calls that are answered in each period; the others get 429 with Retry-After. */
  rateLimit: z.strictObject({ calls: z.int().min(1), perSeconds: z.number().positive() }).optional(),
  /** Connections are cut without an answer, as if nothing ran there. */
  down: z.boolean().default(false),
  /** Tokens of an answer. */
  outputTokens: z.int().min(1).max(100_000).default(200),
  /** Answers in order, and again from the first one; none: a sentence that repeats the prompt's digest. */
  answers: z.array(z.string().max(100_000)).max(1_000).default([]),
});
export type ProviderScript = z.infer<typeof providerScript>;

export type Fate = "answer" | "error" | "malformed" | "hang";

/** What becomes of a call, and after how many milliseconds: a function of the script and the call's number. */
export function fateOf(script: ProviderScript, call: number): { fate: Fate; latencyMs: number } {
  const [lot, wait] = draws(script.seed, call);
  const { errors, malformed, hangs, latencyMs } = script;
  const fate =
    lot < errors
      ? "error"
      : lot < errors + malformed
        ? "malformed"
        : lot < errors + malformed + hangs
          ? "hang"
          : "answer";
  return { fate, latencyMs: latencyMs.from + wait * (latencyMs.to - latencyMs.from) };
}
