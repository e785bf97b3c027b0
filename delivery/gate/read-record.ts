import { z } from "zod";
import type { Policy } from "./decision.ts";
import { type DecisionRecord, digestOf } from "./record.ts";

type Unusable = { unusable: string };
/** A policy as records have it, with its digest, or what is wrong with it. */
type ReadPolicy = { policy: Policy; digest: string } | Unusable;

/**
 * Reads records: gives the one that was filed under `id` (the 64 hexadecimal digits of its digest), or why it cannot be trusted: altered, cut
 * off, or of another shape. Records of one gate mostly have one policy: the same text is checked once, and is the same object in all of them.
 */
export function recordReader(): (id: string, text: string) => DecisionRecord | Unusable {
  const policies = new Map<string, ReadPolicy>();
  return (id, text) => {
    if (digestOf(text) !== `sha256:${id}`) return { unusable: "its text is not what it was filed as" };
    const parts = jsonOf(text);
    const parsed = filed.safeParse(parts);
    if (!parsed.success) return noRecord(parsed.error);
    // The text is canonical, so that its parts are as they stand.
    const policyText = JSON.stringify(parsed.data.policy);
    const known = policies.get(policyText) ?? readPolicy(parsed.data.policy, policyText);
    policies.set(policyText, known);
    if ("unusable" in known) return known;
    if (known.digest !== parsed.data.policyDigest)
      return { unusable: "its policy is not the one that its digest names" };
    if (digestOf(JSON.stringify((parts as Filed).inputs)) !== parsed.data.inputDigest)
      return { unusable: "its inputs are not those that their digest names" };
    return { ...(parsed.data as Omit<Filed, "policy"> & DecisionRecord), policy: known.policy };
  };
}

function readPolicy(written: unknown, text: string): ReadPolicy {
  const parsed = filedPolicy.safeParse({ policy: written });
  if (!parsed.success) return noRecord(parsed.error);
  return { policy: parsed.data.policy as unknown as Policy, digest: digestOf(text) };
}

function noRecord({ issues: [issue] }: z.ZodError): Unusable {
  return { unusable: `it is no record of a decision: ${issue?.path.join(".")}: ${issue?.message}` };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const time = z.iso.datetime();
const source = z.strictObject({ digest: z.string(), origin: z.string(), at: time });
// JSON has no NaN: what was no number when it was recorded is none now.
const value = z.union([z.number(), z.null().transform(() => Number.NaN)]);
const reading = z.union([
  z.strictObject({ value, samples: z.int().min(0).optional(), source }),
  z.strictObject({ missing: z.string(), source: source.optional() }),
]);
const criterion = z.strictObject({
  text: z.string(),
  operator: z.enum(["<", "<=", "=", ">=", ">"]),
  relative: z.boolean(),
  value: z.number(),
});
const criteria = z.array(z.array(criterion).min(1)).min(1).optional();
const objective = z.looseObject({
  name: z.string(),
  weight: z.int().min(0).max(100),
  key: z.boolean(),
  minimumSamples: z.int().min(1).optional(),
  indicator: z.looseObject({ kind: z.string(), unit: z.string() }),
  pass: criteria,
  warn: criteria,
});
const policy = z.looseObject({
  name: z.string(),
  file: z.string(),
  level: z.enum(["advisory", "overridable", "mandatory"]),
  overriddenBy: z.string(),
  compare: z.strictObject({
    runs: z.int().min(1).max(100),
    aggregate: z.enum(["avg", "p50", "p90", "p95"]),
    reference: z.string().optional(),
  }),
  objectives: z.array(objective).min(1),
  total: z.strictObject({ pass: z.number().min(0).max(1), warn: z.number().min(0).max(1) }),
  bootstrap: z.strictObject({ until: z.iso.date(), reason: z.string() }).optional(),
});
const filedPolicy = z.object({ policy });
const filed = z.strictObject({
  gate: z.string(),
  environment: z.string(),
  release: z.string().optional(),
  policyDigest: digest,
  inputDigest: digest,
  catalogDigest: digest,
  ruleIds: z.array(z.string()),
  verdict: z.enum(["pass", "warn", "fail", "inconclusive"]),
  // Looked into where its text is a new one.
  policy: z.unknown(),
  inputs: z.strictObject({
    at: time,
    readings: z.record(z.string(), reading),
    accepted: z.array(
      z.strictObject({
        id: z.string(),
        release: z.string().optional(),
        at: time,
        values: z.record(z.string(), value),
      }),
    ),
    override: z
      .strictObject({ by: z.string(), role: z.string(), reason: z.string(), until: time })
      .optional(),
  }),
});
type Filed = z.output<typeof filed>;
