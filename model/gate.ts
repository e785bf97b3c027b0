// Gates and the policies that they judge by.
import type { EvidenceKind } from "../catalog/evidence.ts";
import type { ObjectiveSpec, PolicySpec } from "../catalog/policy.ts";
import type { Entry } from "./model.ts";

/** A criterion in parts. An absolute value is in base units (seconds, ratio, count, bytes, per second). */
export interface Criterion {
  text: string;
  operator: "<" | "<=" | "=" | ">=" | ">";
  /** Relative: a signed ratio against the comparison value, 0.1 for +10 %. */
  relative: boolean;
  value: number;
}

export interface Objective extends Omit<ObjectiveSpec, "indicator" | "pass" | "warn"> {
  indicator: /** Without a measure: the share of good events. */
    | { kind: "slo"; slo: string; measure?: "budget-left" | "burn-rate"; query: string; unit: string }
    | {
        kind: "load";
        profile: string;
        measure: "p50" | "p95" | "p99" | "error-rate" | "throughput";
        unit: string;
      }
    | { kind: "query"; query: string; unit: string }
    | { kind: "evidence"; evidence: EvidenceKind; measure: string; unit: string };
  pass?: Criterion[][];
  warn?: Criterion[][];
}

export interface Gate extends Entry {
  title: string;
  environments: string[];
  policy: Omit<PolicySpec, "objectives" | "total"> & {
    /** Path of the YAML file from the project root. */
    file: string;
    objectives: Objective[];
    total: { pass: number; warn: number };
  };
}
