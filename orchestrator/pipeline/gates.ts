import type { Stage } from "./stages.ts";

/** The quality gates (WV-3). */
export const gateNames = ["1", "2", "3", "4", "5"] as const;
export type GateName = (typeof gateNames)[number];

export interface Gate {
  name: GateName;
  /** The stage whose work it lets out or sends back. */
  guards: Stage;
  reviewers: number;
  /** Equal votes that a decision needs. */
  needed: number;
}

/**
 * Gate by gate (our reading; the sources number them 1 to 5 and name none): the specification, the plan as it was thought through, the
 * change, its evidence, and the whole before it becomes a pull request. The last one has the most reviewers: behind it are other people.
 */
export const gates: readonly Gate[] = [
  { name: "1", guards: "spec", reviewers: 3, needed: 2 },
  { name: "2", guards: "think", reviewers: 3, needed: 2 },
  { name: "3", guards: "implement", reviewers: 3, needed: 2 },
  { name: "4", guards: "verify", reviewers: 3, needed: 2 },
  { name: "5", guards: "review", reviewers: 5, needed: 3 },
];

/** The gate that guards a stage, if one does: pull request and watch have none, there the pull request's own checks decide. */
export function gateOf(stage: Stage): Gate | undefined {
  return gates.find(({ guards }) => guards === stage);
}

/** Mean rubric score that an approval needs; the breaker of the quality gates lowers it while it is open (WV-11). */
export const RUBRIC_THRESHOLD = 0.7;

/** What reviewers score, from 0 (useless) to 1 (faultless). */
export const criteria = ["correctness", "completeness", "safety", "clarity", "evidence"] as const;
export type Criterion = (typeof criteria)[number];

/** Why a gate rejects, what weighs most first where several were named equally often; WV-18's own are `duplicate-code` to `vulnerability`. */
export const rejectionReasons = [
  "spec-mismatch",
  "incomplete-evidence",
  "tests-failed",
  "coverage-too-low",
  "duplicate-code",
  "regression-risk",
  "latency-increase",
  "vulnerability",
  "adversarial-catch",
  "other",
] as const;
export type RejectionReason = (typeof rejectionReasons)[number];

/** Ways to pass a gate by deceit that the adversarial detector looks for. */
export const adversarialCategories = [
  "fabricated-evidence",
  "skipped-test",
  "weakened-assertion",
  "hard-coded-result",
  "disabled-check",
  "prompt-injection",
  "scope-creep",
] as const;
export type AdversarialCategory = (typeof adversarialCategories)[number];
