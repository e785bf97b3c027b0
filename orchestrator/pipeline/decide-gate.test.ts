import fc from "fast-check";
import { expect, test } from "vitest";
import { qualityMetrics } from "../../catalog/platforms/weathervane/metrics/quality.ts";
import { howMany } from "../../tests/how-many.ts";
import { decideGate, type Vote } from "./decide-gate.ts";
import {
  adversarialCategories,
  criteria,
  type Gate,
  gateNames,
  gates,
  RUBRIC_THRESHOLD,
  rejectionReasons,
} from "./gates.ts";
import { stages } from "./stages.ts";

const gate: Gate = { name: "1", guards: "spec", reviewers: 3, needed: 2 };
const votes = (text: string): Vote[] =>
  text.split(" ").map((word) => {
    const [verdict, reason] = word.split(":");
    if (verdict === "absent") return { verdict };
    return { verdict: verdict as "approve", scores: {}, reason: reason as "other" };
  });
const decide = (text: string, catches: (typeof adversarialCategories)[number][] = []) =>
  decideGate(gate, { votes: votes(text), catches }, RUBRIC_THRESHOLD);

test("WV-3: gates, criteria, reasons, categories and stages are those that the catalog declares", () => {
  const { labels } = qualityMetrics.weathervane_gate_rejections_total;
  expect(labels).toEqual({ gate: [...gateNames], reason: [...rejectionReasons] });
  expect(qualityMetrics.weathervane_rubric_score_ratio.labels?.criterion).toEqual([...criteria]);
  expect(qualityMetrics.weathervane_adversarial_catches_total.labels?.category).toEqual([
    ...adversarialCategories,
  ]);
  expect(qualityMetrics.weathervane_resolution_attempts.labels?.stage).toEqual([...stages]);
});

test("every gate needs more than half of its reviewers, so that it cannot both approve and reject", () => {
  expect(gates.map(({ name }) => name)).toEqual([...gateNames]);
  for (const { reviewers, needed } of gates) expect(needed * 2).toBeGreaterThan(reviewers);
});

test.each([
  ["approve approve absent", { outcome: "approved", quorum: true }],
  ["approve approve reject", { outcome: "approved", quorum: true }],
  ["reject:vulnerability reject approve", { outcome: "rejected", quorum: true, reason: "vulnerability" }],
  ["approve reject absent", { outcome: "undecided", quorum: false }],
  ["approve absent absent", { outcome: "undecided", quorum: false }],
  ["absent absent absent", { outcome: "undecided", quorum: false }],
  ["reject reject reject", { outcome: "rejected", quorum: true, reason: "other" }],
  [
    "reject:coverage-too-low reject:tests-failed reject:tests-failed",
    { outcome: "rejected", quorum: true, reason: "tests-failed" },
  ],
  // Named equally often: the one that weighs more.
  ["reject:other reject:tests-failed absent", { outcome: "rejected", quorum: true, reason: "tests-failed" }],
  // Who approves has no say in why it was rejected.
  ["approve:spec-mismatch reject:other reject:other", { outcome: "rejected", quorum: true, reason: "other" }],
])("WV-3: two of three reviewers decide: %s", (text, decision) => {
  expect(decide(text)).toEqual(decision);
});

test("what the detector caught rejects in spite of approvals", () => {
  expect(decide("approve approve approve", ["skipped-test"])).toEqual({
    outcome: "rejected",
    quorum: true,
    reason: "adversarial-catch",
    by: "detector",
  });
});

test("without the detector's answer nothing is decided", () => {
  const all = { votes: votes("approve approve approve"), catches: "absent" } as const;
  expect(decideGate(gate, all, RUBRIC_THRESHOLD)).toEqual({ outcome: "undecided", quorum: false });
});

test("WV-3: an approval needs a mean rubric score at the threshold, and its weakest criterion says why it was not enough", () => {
  const scored = (evidence: number) =>
    decideGate(
      gate,
      {
        votes: [1, 2, 3].map(() => ({ verdict: "approve", scores: { correctness: 0.9, evidence } })),
        catches: [],
      },
      RUBRIC_THRESHOLD,
    );
  expect(scored(0.5).outcome).toBe("approved");
  expect(scored(0.49)).toEqual({ outcome: "rejected", quorum: true, reason: "incomplete-evidence" });
  const exactly = votes("approve approve approve").map(
    (vote) => ({ ...vote, scores: { safety: 0.7 } }) as Vote,
  );
  expect(decideGate(gate, { votes: exactly, catches: [] }, 0.7).outcome).toBe("approved");
});

const score = fc.double({ min: 0, max: 1, noNaN: true });
const someVote: fc.Arbitrary<Vote> = fc.oneof(
  fc.record({
    verdict: fc.constantFrom("approve" as const, "reject" as const),
    reason: fc.constantFrom(...rejectionReasons),
    scores: fc.dictionary(fc.constantFrom(...criteria), score),
  }),
  fc.constant({ verdict: "absent" as const }),
);

test("whatever the votes: their order does not matter, the quorum decides, and one more approval never turns an approval into a rejection", () => {
  const holds = fc.property(
    fc.constantFrom(...gates),
    fc.array(someVote, { minLength: 5, maxLength: 5 }),
    (one, all) => {
      const cast = all.slice(0, one.reviewers);
      const decided = (these: Vote[]) => decideGate(one, { votes: these, catches: [] }, 0);
      const decision = decided(cast);
      expect(decided(cast.toReversed())).toEqual(decision);
      const count = (verdict: string) => cast.filter((vote) => vote.verdict === verdict).length;
      expect(decision.quorum).toBe(Math.max(count("approve"), count("reject")) >= one.needed);
      expect(decision.outcome === "undecided").toBe(!decision.quorum);
      expect(decision.reason !== undefined).toBe(decision.outcome === "rejected");
      if (decision.outcome === "approved")
        for (const i of cast.keys())
          expect(decided(cast.with(i, { verdict: "approve", scores: {} })).outcome).toBe("approved");
    },
  );
  fc.assert(holds, { numRuns: howMany(300, 10_000) });
});
