import { expect, test } from "vitest";
import { play, type Script } from "./fixtures/play.ts";
import { next, start } from "./next.ts";
import { type Stage, stages } from "./stages.ts";

/** Work of a stage fails the first times it is done, each time differently. */
const failing =
  (stage: Stage, times = Number.POSITIVE_INFINITY): Script =>
  (command) =>
    command.kind === "work" && command.stage === stage && command.attempt <= times
      ? { kind: "work", outcome: "failed", failure: { reason: "tests-failed", fingerprint: command.key } }
      : undefined;
const together =
  (...scripts: Script[]): Script =>
  (command) =>
    scripts.map((script) => script(command)).find((answer) => answer !== undefined);
const entered = (played: ReturnType<typeof play>) => played.of("stage.entered").map(({ stage }) => stage);

test("WV-1: a run goes through spec, plan, think, implement, verify, review, pr and monitor", () => {
  const played = play(() => undefined);
  expect(played.state.outcome).toBe("succeeded");
  expect(entered(played)).toEqual([...stages]);
  expect(played.of("stage.left").every(({ outcome, retried }) => outcome === "passed" && !retried)).toBe(
    true,
  );
});

test("WV-3: gates 1 to 5 decide behind spec, think, implement, verify and review", () => {
  const told = play(() => undefined).events.flatMap((event) => {
    if (event.type === "gate.decided") return [`gate ${event.gate} ${event.outcome}`];
    return event.type === "stage.left" ? [event.stage] : [];
  });
  expect(told).toEqual([
    "gate 1 approved",
    "spec",
    "plan",
    "gate 2 approved",
    "think",
    "gate 3 approved",
    "implement",
    "gate 4 approved",
    "verify",
    "gate 5 approved",
    "review",
    "pr",
    "monitor",
  ]);
});

test("WV-12: in minimal mode there are spec, implement and verify, and their gates", () => {
  const played = play(() => undefined, "minimal");
  expect(entered(played)).toEqual(["spec", "implement", "verify"]);
  expect(played.of("gate.decided").map(({ gate }) => gate)).toEqual(["1", "3", "4"]);
});

test("WV-15: a failed verification is mended by implementing again, and the loop closes", () => {
  const played = play(failing("verify", 2));
  expect(entered(played).slice(3, 9)).toEqual([
    "implement",
    "verify",
    "implement",
    "verify",
    "implement",
    "verify",
  ]);
  expect(played.of("resolution.attempted").map(({ attempt }) => attempt)).toEqual([1, 2]);
  expect(played.of("resolution.closed")).toMatchObject([
    { stage: "verify", attempts: 2, outcome: "resolved" },
  ]);
  expect(played.of("failure.handled")).toMatchObject([{ resolution: "self-healed" }]);
  expect(played.of("stage.left").map(({ retried }) => retried)).toContain(true);
  expect(played.state).toMatchObject({ outcome: "succeeded", incident: false, intervention: false });
});

test("WV-15: after three attempts the incident reporter is called, and a run that it cannot mend waits for a person", () => {
  const played = play(failing("verify"));
  expect(played.of("resolution.attempted")).toHaveLength(3);
  expect(played.of("incident.reported")).toMatchObject([{ reason: "attempts-exhausted" }]);
  expect(played.commands.slice(-2).map(({ key }) => key)).toEqual(["incident-verify/1", "person-verify/1"]);
  expect(played.of("resolution.closed")).toMatchObject([{ attempts: 3, outcome: "escalated" }]);
  expect(played.of("failure.handled")).toMatchObject([{ resolution: "person" }]);
  expect(played.state).toMatchObject({ outcome: "failed", incident: true, intervention: true });
});

test("WV-20: what the incident reporter mended is told as its doing, not as self-healed", () => {
  const mends: Script = ({ kind }) => (kind === "report" ? { kind, outcome: "mended" } : undefined);
  const played = play(together(failing("verify", 4), mends));
  expect(played.state).toMatchObject({ outcome: "succeeded", incident: true, intervention: false });
  expect(played.of("resolution.closed")).toMatchObject([{ attempts: 4, outcome: "escalated" }]);
  expect(played.of("failure.handled")).toMatchObject([{ resolution: "incident-reporter" }]);
});

test("WV-6, WV-15: a sixth attempt is never made: it is an infinite loop, an incident at once, and the end of the run", () => {
  const again: Script = ({ kind }) => (kind === "ask-person" ? { kind, decision: "again" } : undefined);
  const played = play(together(failing("verify"), again));
  expect(played.of("resolution.attempted").map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5]);
  expect(played.of("resolution.infinite")).toEqual([
    { type: "resolution.infinite", runId: "run", stage: "verify" },
  ]);
  expect(played.of("incident.reported").map(({ reason }) => reason)).toEqual([
    "attempts-exhausted",
    "infinite-loop",
  ]);
  expect(played.state).toMatchObject({ outcome: "failed", incident: true, intervention: true });
});

test("WV-15: the same failure again with nothing changed is an infinite loop at the first attempt", () => {
  const stuck: Script = ({ kind, stepId }) =>
    kind === "work" && stepId === "verify"
      ? { kind, outcome: "failed", failure: { reason: "tests-failed", fingerprint: "the same tree" } }
      : undefined;
  const played = play(stuck);
  expect(played.of("resolution.attempted")).toHaveLength(1);
  expect(played.of("resolution.infinite")).toHaveLength(1);
  expect(played.of("incident.reported")).toMatchObject([{ reason: "infinite-loop" }]);
  expect(played.commands.at(-1)).toMatchObject({ kind: "report", reason: "infinite-loop", attempts: 1 });
  expect(played.state.outcome).toBe("failed");
});

test("a crash is no state: three of them in a row are attempts, not a loop", () => {
  const crashing: Script = ({ kind, stepId, attempt }) =>
    kind === "work" && stepId === "verify" && attempt <= 3
      ? { kind, outcome: "failed", failure: { reason: "error" } }
      : undefined;
  const played = play(crashing);
  expect(played.of("resolution.infinite")).toEqual([]);
  expect(played.state.outcome).toBe("succeeded");
});

test("WV-3: a rejection sends the work back with the reason that weighed most", () => {
  const rejects: Script = ({ kind, stepId, attempt }) =>
    kind === "vote" && stepId.startsWith("gate-5") && attempt === 1
      ? { kind, vote: { verdict: "reject", reason: "regression-risk", scores: {} } }
      : undefined;
  const played = play(rejects);
  expect(played.of("gate.decided").filter(({ outcome }) => outcome === "rejected")).toMatchObject([
    { gate: "5", reason: "regression-risk", quorum: true },
  ]);
  expect(entered(played).slice(5)).toEqual(["review", "implement", "verify", "review", "pr", "monitor"]);
});

const split: Script = ({ kind, stepId, attempt }) => {
  if (kind !== "vote" || !stepId.startsWith("gate-3") || attempt > 1) return undefined;
  const verdict = stepId.endsWith("1") ? "approve" : stepId.endsWith("2") ? "reject" : "absent";
  return { kind, vote: verdict === "absent" ? { verdict } : { verdict, scores: {} } };
};
const person =
  (decision: "approve" | "reject" | "again" | "stop"): Script =>
  ({ kind }) =>
    kind === "ask-person" ? { kind, decision } : undefined;

test("WV-6: a missed quorum decides nothing, is told, and is put before a person", () => {
  const played = play(together(split, person("approve")));
  expect(played.of("gate.decided").filter(({ gate }) => gate === "3")).toEqual([
    { type: "gate.decided", runId: "run", gate: "3", outcome: "undecided", quorum: false },
    { type: "gate.decided", runId: "run", gate: "3", outcome: "approved", quorum: false, by: "person" },
  ]);
  expect(played.state).toMatchObject({ outcome: "succeeded", intervention: true, incident: false });
});

test("after a missed quorum a person can have it voted on again, reject it, or stop the run", () => {
  expect(
    play(together(split, person("again")))
      .of("gate.decided")
      .map(({ outcome }) => outcome),
  ).toEqual(["approved", "approved", "undecided", "approved", "approved", "approved"]);
  expect(entered(play(together(split, person("reject")))).slice(3, 5)).toEqual(["implement", "implement"]);
  expect(play(together(split, person("stop"))).state.outcome).toBe("failed");
});

test("a vote that is always split is repeated five times, then the gate rejects", () => {
  const alwaysSplit: Script = ({ kind, stepId }) => {
    if (kind !== "vote" || !stepId.startsWith("gate-3")) return undefined;
    const verdict = stepId.endsWith("1") ? "approve" : "reject";
    return { kind, vote: stepId.endsWith("3") ? { verdict: "absent" } : { verdict, scores: {} } };
  };
  const decided = play(together(alwaysSplit, person("again")))
    .of("gate.decided")
    .filter(({ gate }) => gate === "3")
    .map(({ outcome }) => outcome);
  expect(decided.slice(0, 7)).toEqual([...Array(6).fill("undecided"), "rejected"]);
});

test("WV-3: what the adversarial detector caught rejects, whatever the reviewers say, and is told by category", () => {
  const caught: Script = ({ kind, stepId, attempt }) =>
    kind === "detect" && stepId === "gate-4-detector" && attempt === 1
      ? { kind, catches: ["weakened-assertion", "skipped-test", "skipped-test"] }
      : undefined;
  const played = play(caught);
  expect(played.of("adversary.caught").map(({ category }) => category)).toEqual([
    "weakened-assertion",
    "skipped-test",
  ]);
  expect(played.of("gate.decided").find(({ outcome }) => outcome === "rejected")).toMatchObject({
    gate: "4",
    reason: "adversarial-catch",
    by: "detector",
  });
});

test("stages last from when they are entered to when their gate has decided", () => {
  const [spec] = play(() => undefined).of("stage.left");
  // The work, the detector and three reviewers, a second each.
  expect(spec).toMatchObject({ stage: "spec", seconds: 5 });
});

test("an answer that nobody waits for, or of another kind, changes nothing", () => {
  const { state } = start({ runId: "run", mode: "full", at: 0 });
  const answer = { key: "spec/1", at: 1, kind: "work", outcome: "passed" } as const;
  const once = next(state, answer);
  expect(next(once.state, answer)).toEqual({ state: once.state, events: [], commands: [] });
  expect(next(state, { ...answer, key: "spec/2" }).state).toBe(state);
  expect(next(state, { key: "spec/1", at: 1, kind: "detect", catches: [] }).state).toBe(state);
});

test("WV-11: a lower threshold lets scores through that the usual one rejects", () => {
  const scored =
    (threshold?: number): Script =>
    ({ kind, stepId, attempt }) => {
      if (attempt > 1 || !stepId.startsWith("gate-1")) return undefined;
      if (kind === "vote") return { kind, vote: { verdict: "approve", scores: { clarity: 0.65 } } };
      return kind === "detect" && threshold ? { kind, catches: [], threshold } : undefined;
    };
  expect(play(scored()).of("gate.decided")[0]).toMatchObject({ outcome: "rejected", reason: "other" });
  expect(play(scored(0.6)).of("gate.decided")[0]).toMatchObject({ outcome: "approved" });
  expect(play(scored()).of("rubric.scored")).toHaveLength(3);
});
