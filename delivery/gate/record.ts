import { createHash } from "node:crypto";
import { z } from "zod";
import type { Decision, GateInputs, Policy, Verdict } from "./decision.ts";
import type { DecisionSubject } from "./format.ts";

/** A decision with all that it depends on: enough to judge it again, under the same policy or another. */
export interface DecisionRecord extends DecisionSubject {
  /** `sha256:…` of the policy's canonical JSON. */
  policyDigest: string;
  /** `sha256:…` of the inputs' canonical JSON. */
  inputDigest: string;
  /** `sha256:…` of the catalog that the policy's names were looked up in. */
  catalogDigest: string;
  /** PLATFORM/GATE/OBJECTIVE of everything that was judged. */
  ruleIds: string[];
  verdict: Verdict;
  policy: Policy;
  inputs: GateInputs;
}

/** The record of a decision that `evaluate(policy, inputs)` gave. */
export function recordOf(
  subject: DecisionSubject & { catalogDigest: string },
  { policy, inputs, decision }: { policy: Policy; inputs: GateInputs; decision: Decision },
): DecisionRecord {
  return {
    ...subject,
    policyDigest: digestOf(policy),
    inputDigest: digestOf(inputs),
    ruleIds: decision.objectives.map(({ name }) => `${subject.gate}/${name}`),
    verdict: decision.verdict,
    policy,
    inputs,
  };
}

/** JSON without spaces, keys in the order of their code units: the same value is always the same text. What is no finite number is null. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** `sha256:…` of a value's canonical JSON. */
export function digestOf(value: unknown): string {
  return `sha256:${sha256(canonicalJson(value))}`;
}

/** What a record is filed under: the SHA-256 of its canonical JSON, which is the file's whole text; 64 hexadecimal digits. */
export function recordId(record: DecisionRecord): string {
  return sha256(canonicalJson(record));
}

/** A record as it was filed under `id`, or why it cannot be trusted: altered, cut off, or not of this shape. */
export function readRecord(id: string, text: string): DecisionRecord | { unusable: string } {
  if (sha256(text) !== id) return { unusable: "its text is not what it was filed as" };
  // The text is canonical, so that its parts are as they stand.
  const parts = jsonOf(text) as Filed;
  const parsed = filed.safeParse(parts);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { unusable: `it is no record of a decision: ${issue?.path.join(".")}: ${issue?.message}` };
  }
  const record = parsed.data as DecisionRecord & Filed;
  if (`sha256:${sha256(JSON.stringify(parts.policy))}` !== record.policyDigest)
    return { unusable: "its policy is not the one that its digest names" };
  if (`sha256:${sha256(JSON.stringify(parts.inputs))}` !== record.inputDigest)
    return { unusable: "its inputs are not those that their digest names" };
  return record;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
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
const filed = z.strictObject({
  gate: z.string(),
  environment: z.string(),
  release: z.string().optional(),
  policyDigest: digest,
  inputDigest: digest,
  catalogDigest: digest,
  ruleIds: z.array(z.string()),
  verdict: z.enum(["pass", "warn", "fail", "inconclusive"]),
  policy,
  inputs: z.strictObject({
    at: time,
    readings: z.record(z.string(), reading),
    accepted: z.array(z.strictObject({ id: z.string(), at: time, values: z.record(z.string(), value) })),
    override: z
      .strictObject({ by: z.string(), role: z.string(), reason: z.string(), until: time })
      .optional(),
  }),
});
type Filed = z.output<typeof filed>;
