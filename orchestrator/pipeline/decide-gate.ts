import {
  type AdversarialCategory,
  type Criterion,
  criteria,
  type Gate,
  type RejectionReason,
  rejectionReasons,
} from "./gates.ts";

/** A reviewer's vote; who did not answer in time, or not in the agreed form, is absent. */
export type Vote =
  | {
      verdict: "approve" | "reject";
      reason?: RejectionReason | undefined;
      /** From 0 to 1. */
      scores: Partial<Record<Criterion, number>>;
    }
  | { verdict: "absent" };

/** What the adversarial detector caught; `absent` when it did not answer in time, or not in the agreed form. */
export type Detection = readonly AdversarialCategory[] | "absent";

export interface GateDecision {
  outcome: "approved" | "rejected" | "undecided";
  quorum: boolean;
  /** What weighed most; only of a rejection. */
  reason?: RejectionReason;
  by?: "detector";
}

/** What a low score says where reviewers approved all the same. */
const reasonOf: Record<Criterion, RejectionReason> = {
  correctness: "spec-mismatch",
  completeness: "spec-mismatch",
  safety: "regression-risk",
  clarity: "other",
  evidence: "incomplete-evidence",
};

/**
 * Decides a gate when all votes are in (WV-3); their order does not matter. What the detector caught rejects, however reviewers voted. An
 * approval needs the gate's number of approvals and a mean rubric score of at least the threshold; a rejection needs the same number of
 * rejections, or scores below the threshold. Otherwise the quorum is missed and nothing is decided (WV-6), nor is it without the detector.
 */
export function decideGate(
  gate: Gate,
  { votes, catches }: { votes: readonly Vote[]; catches: Detection },
  threshold: number,
): GateDecision {
  const cast = votes.filter((vote) => vote.verdict !== "absent");
  const approvals = cast.filter(({ verdict }) => verdict === "approve").length;
  const rejections = cast.length - approvals;
  const quorum = Math.max(approvals, rejections) >= gate.needed;
  if (catches === "absent") return { outcome: "undecided", quorum: false };
  if (catches.length > 0) return { outcome: "rejected", quorum, reason: "adversarial-catch", by: "detector" };
  if (!quorum) return { outcome: "undecided", quorum };
  if (rejections >= gate.needed) return { outcome: "rejected", quorum, reason: mostNamed(cast) };
  const scores = meanScores(cast);
  // Sums of decimal fractions: 0.7 three times over is a little less than 2.1.
  const isEnough = scores.length === 0 || mean(scores.map(({ score }) => score)) >= threshold - 1e-9;
  if (isEnough) return { outcome: "approved", quorum };
  const lowest = scores.reduce((a, b) => (b.score < a.score ? b : a));
  return { outcome: "rejected", quorum, reason: reasonOf[lowest.criterion] };
}

type CastVote = Exclude<Vote, { verdict: "absent" }>;

function mostNamed(votes: readonly CastVote[]): RejectionReason {
  const reasons = votes.filter(({ verdict }) => verdict === "reject").map(({ reason }) => reason ?? "other");
  const count = (one: RejectionReason) => reasons.filter((reason) => reason === one).length;
  return rejectionReasons.reduce((a, b) => (count(b) > count(a) ? b : a));
}

/** Of each criterion that anyone scored; votes without a rubric are votes. */
function meanScores(votes: readonly CastVote[]): { criterion: Criterion; score: number }[] {
  return criteria.flatMap((criterion) => {
    const given = votes.flatMap(({ scores }) => scores[criterion] ?? []);
    return given.length > 0 ? [{ criterion, score: mean(given) }] : [];
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
