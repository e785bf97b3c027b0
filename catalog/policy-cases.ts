import { z } from "zod";
import { line, slug } from "./text.ts";

const verdict = z.enum(["pass", "warn", "fail", "inconclusive"]);
const time = z.iso.datetime().meta({ examples: ["2027-06-01T12:00:00Z"] });

/** A value in the indicator's own unit, or written as criteria write theirs: `80ms`, `99.95%`, `512Mi`. */
const quantity = z.union([
  z.number(),
  z
    .string()
    .regex(
      /^\d+(\.\d+)?(ms|s|m|h|d|w|%|Ki|Mi|Gi|Ti|\/s|\/m|\/h)$/,
      'must be a number, or one with a unit such as "80ms" or "99.95%"',
    )
    .meta({ examples: ["80ms"] }),
]);

const reading = z.union([
  quantity,
  z.strictObject({ value: quantity, samples: z.int().min(0) }),
  /** Nothing that counts, and why: stale, not to be read. */
  z.strictObject({ missing: line }),
]);
const readings = z.record(slug, reading);
const accepted = z.array(z.strictObject({ id: line, at: time, values: z.record(slug, quantity) }));

/** What is known in one case, and what the gate must make of it. */
const policyCase = z.strictObject({
  name: line,
  at: time.optional(),
  /** Instead of the usual ones of the same names. */
  readings: readings.optional(),
  /** Instead of the usual ones. */
  accepted: accepted.optional(),
  override: z.strictObject({ by: line, role: slug, reason: z.string(), until: time }).optional(),
  expect: z.strictObject({
    verdict,
    blocks: z.boolean().optional(),
    objectives: z.record(slug, z.union([verdict, z.literal("informs")])).optional(),
  }),
});

/** Cases of a policy, beside it as `policies/<platform>/<policy>.cases.yaml`. */
export const policyCases = z.strictObject({
  /** When the gate decides. */
  at: time,
  /** What is usually read, by objective: each case says what is otherwise. */
  readings,
  /** Runs that were accepted before, for relative criteria. */
  accepted: accepted.default([]),
  cases: z.array(policyCase).min(1),
});
export type PolicyCases = z.output<typeof policyCases>;

/** JSON Schema (draft-07) of a file of cases, for editors. */
export function policyCasesJsonSchema(): object {
  return z.toJSONSchema(policyCases, { target: "draft-7", io: "input" });
}
