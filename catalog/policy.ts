import { z } from "zod";
import { evidenceIndicator } from "./evidence.ts";
import { line, prose, slug } from "./text.ts";
import { percent } from "./units.ts";

/** `<=300ms`, `>=90d`, `>99%`, or relative to earlier accepted runs: `<=+10%`, `>=-5%`. */
export const criterion = z
  .string()
  .regex(
    /^(<=|>=|<|>|=)\s*([+-]\d+(\.\d+)?%|\d+(\.\d+)?(ms|s|m|h|d|w|%|Ki|Mi|Gi|Ti|\/s|\/m|\/h)?)$/,
    'must be a comparison such as "<=300ms", ">99%" or "<=+10%" (against earlier runs)',
  )
  .meta({ examples: ["<=300ms"] });

/** Where an objective's value comes from. */
export const indicator = z.union([
  /** Of an SLO over its period: the share of good events (`good`, unless told), the share of the budget that is left, or the burn rate now. */
  z.strictObject({ slo: slug, measure: z.enum(["good", "budget-left", "burn-rate"]).optional() }),
  /** A measure of a load run: k6's percentiles of request duration, error rate, requests a second. */
  z.strictObject({ load: slug, measure: z.enum(["p50", "p95", "p99", "error-rate", "throughput"]) }),
  /** A PromQL query over declared metrics that gives one number. */
  z.strictObject({
    query: z.string().min(1),
    unit: z.enum(["seconds", "ratio", "count", "bytes", "tokens", "usd", "per-second", "per-hour"]),
  }),
  /** A measure of what a tool reported: coverage, findings, a plan, tests, a drill. */
  evidenceIndicator,
]);

export const objective = z.strictObject({
  name: slug,
  description: line.optional(),
  indicator,
  /** Entries are alternatives; the criteria inside one entry must all hold. Without `pass` it only informs. */
  pass: z.array(z.array(criterion).min(1)).min(1).optional(),
  warn: z.array(z.array(criterion).min(1)).min(1).optional(),
  weight: z.int().min(0).max(100).default(1),
  /** A key objective that fails, fails the gate. */
  key: z.boolean().default(false),
  /** Of how many samples its value must be (requests of a load run, events of an SLO): with fewer it is inconclusive. */
  minimumSamples: z.int().min(1).optional(),
});

/** A gate's policy, after Keptn's lighthouse: `policies/<platform>/<name>.yaml`. */
export const policy = z.strictObject({
  name: slug,
  description: prose,
  level: z.enum(["advisory", "overridable", "mandatory"]),
  /** Whose word lets a release pass although an overridable gate said no: a role. */
  overriddenBy: slug.default("release-manager"),
  /** With what a relative criterion compares: an aggregate of the last accepted runs, or one of them. */
  compare: z
    .strictObject({
      runs: z.int().min(1).max(100).default(3),
      aggregate: z.enum(["avg", "p50", "p90", "p95"]).default("avg"),
      /** Id of an accepted run that stays the measure, whatever is accepted later. */
      reference: line.optional(),
    })
    .default({ runs: 3, aggregate: "avg" }),
  objectives: z.array(objective).min(1),
  /** Share of the weighted score that passes, or passes with a warning. */
  total: z.strictObject({ pass: percent, warn: percent }),
  /** A new service has no runs to compare with: until when a relative criterion without any is left out, and why. */
  bootstrap: z
    .strictObject({ until: z.iso.date().meta({ examples: ["2030-01-31"] }), reason: line })
    .optional(),
});
export type PolicySpec = z.output<typeof policy>;
export type ObjectiveSpec = z.output<typeof objective>;

/** JSON Schema (draft-07) of a policy file, for editors and for ajv. */
export function policyJsonSchema(): object {
  return z.toJSONSchema(policy, { target: "draft-7", io: "input" });
}
