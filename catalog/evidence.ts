import { z } from "zod";

/**
 * What evidence measures beside load runs and Prometheus, with the unit of each measure. A policy names one:
 * `{ evidence: coverage, measure: lines }`. Counts are of what a release should have few of, unless their name says otherwise.
 */
export const evidenceMeasures = {
  /** Share of the code that tests run. */
  coverage: { lines: "ratio", branches: "ratio", functions: "ratio" },
  /** What scanners found, by SARIF's levels; severe: a `security-severity` of 7.0 or more (CVSS "high"). */
  findings: { errors: "count", warnings: "count", notes: "count", severe: "count" },
  /** Known vulnerabilities of dependencies, each once, by its worst rating. */
  vulnerabilities: { critical: "count", high: "count", moderate: "count", low: "count" },
  /** Share of the lines that are a copy of others. */
  duplication: { lines: "ratio" },
  tests: { passed: "count", failed: "count", skipped: "count" },
  /** Resources that a Terraform plan touches. */
  "terraform-plan": { created: "count", changed: "count", replaced: "count", destroyed: "count" },
  /** Faults injected: 95th percentiles of fault to notification, and of the end of its cause to recovery; those without notification; alerts without fault. */
  drill: { notification: "seconds", recovery: "seconds", missed: "count", "false-alarms": "count" },
  /** Size of the change: files, and lines added and deleted. */
  changes: { files: "count", lines: "count" },
  /** How probable it is that the change has to be mended afterwards, going by its size, its files' history and coverage. */
  "regression-risk": { probability: "ratio" },
  /** How much longer answers will take by benchmarks of their parts: 0.1 is 10 % longer. */
  benchmark: { "latency-increase": "ratio" },
  /** People who approved the release for the environment, by signatures that hold. */
  approvals: { approvers: "count" },
} as const satisfies Record<string, Record<string, "ratio" | "count" | "seconds">>;

/** What kind of evidence a policy can ask for. */
export type EvidenceKind = keyof typeof evidenceMeasures;

/** The kinds, in the order of the table. */
export const evidenceKinds = Object.keys(evidenceMeasures) as EvidenceKind[];

const measures = [...new Set(evidenceKinds.flatMap((kind) => Object.keys(evidenceMeasures[kind])))];

/** A kind and a measure; that the kind has it is looked up where names are. */
export const evidenceIndicator = z.strictObject({
  evidence: z.enum(evidenceKinds),
  measure: z.enum(measures),
});

/** The unit of a measure; undefined where the kind has no such measure. */
export function unitOfEvidence(kind: EvidenceKind, measure: string): string | undefined {
  const units: Readonly<Record<string, string>> = evidenceMeasures[kind];
  return Object.hasOwn(units, measure) ? units[measure] : undefined;
}
