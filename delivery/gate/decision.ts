// What a gate's decision is made from, and what it says. All of it is plain JSON: a decision can be recorded, replayed and compared.
import type { Criterion, Gate } from "../../model/model.ts";

/** A gate's policy in its resolved form, as `generated/policies/PLATFORM/GATE.json` has it. */
export type Policy = Gate["policy"];

export type Verdict = "pass" | "warn" | "fail" | "inconclusive";

/** Where a value came from. */
export interface Source {
  /** SHA-256 of the evidence, `sha256:…`. */
  digest: string;
  /** Who measured it, for a person: a tool with its version, a server. */
  origin: string;
  /** Until when it was measured; ISO 8601, UTC. */
  at: string;
}

/** What is known of an objective's indicator, in the indicator's base unit. */
export type Reading =
  | { value: number; samples?: number; source: Source }
  /** Nothing that counts: missing, stale, not to be read. In words, to go on after "no value: ". */
  | { missing: string; source?: Source };

/** A run that relative criteria compare with: one that was accepted. */
export interface AcceptedRun {
  id: string;
  /** Absent in records of before it was kept. */
  release?: string;
  /** ISO 8601, UTC. */
  at: string;
  /** By objective. */
  values: Readonly<Record<string, number>>;
}

/** Why a release may pass a gate that said no. */
export interface Override {
  by: string;
  role: string;
  reason: string;
  /** ISO 8601, UTC: from then on it counts no more. */
  until: string;
}

/** All that a decision depends on, beside the policy. */
export interface GateInputs {
  /** When it is decided; ISO 8601, UTC. */
  at: string;
  /** By objective. */
  readings: Readonly<Record<string, Reading>>;
  /** In any order. */
  accepted: readonly AcceptedRun[];
  override?: Override;
}

/** What a decision is about. */
export interface DecisionSubject {
  /** PLATFORM/GATE. */
  gate: string;
  environment: string;
  release?: string;
}

/** How a criterion was applied. */
export interface AppliedCriterion {
  text: string;
  operator: Criterion["operator"];
  /** What the value was compared with, in the indicator's unit; absent where there was nothing to compare with. */
  limit?: number;
  outcome: "holds" | "does not hold" | "unknown" | "left out";
}

export interface ObjectiveResult {
  name: string;
  verdict: Verdict | "informs";
  key: boolean;
  weight: number;
  /** What it adds to the score. */
  score: number;
  value?: number;
  unit: string;
  samples?: number;
  /** Entries are alternatives; the criteria inside one entry must all hold. */
  pass: AppliedCriterion[][];
  warn: AppliedCriterion[][];
  /** What relative criteria were compared with. */
  compared?: { value: number; aggregate: string; runs: string[] };
  source?: Source;
  /** Why it is as it is, where the criteria do not say so. */
  because?: string;
}

export interface Decision {
  verdict: Verdict;
  /** One sentence: what decided. */
  because: string;
  level: Policy["level"];
  /** Whether the release has to stay: never at an advisory gate, and not where a valid override stands. */
  blocks: boolean;
  /** Points reached of those that could be reached. */
  score: { reached: number; of: number; pass: number; warn: number };
  objectives: ObjectiveResult[];
  /** Whether the override was needed and counts; why not, if it does not. */
  override?: Override & { counts: boolean; because: string };
  /** Relative criteria without anything to compare with were left out, until then. */
  bootstrap?: { until: string; reason: string };
}
