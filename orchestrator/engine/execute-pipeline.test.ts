import { expect, test } from "vitest";
import type { DomainEvent, EventOf, EventType } from "../domain/event.ts";
import type { Run } from "../domain/run.ts";
import { pipelineWorkflow } from "../pipeline/definition.ts";
import { stages } from "../pipeline/stages.ts";
import { listApprovals } from "../store/approvals.ts";
import { listEvents } from "../store/events.ts";
import { builtIn, storeWorkflow } from "../store/workflows.ts";
import { engineOfTests } from "./engine-of-test.ts";

const tried = engineOfTests({
  async before(store) {
    await storeWorkflow(store.pool, {
      project: builtIn,
      definition: pipelineWorkflow("full"),
      createdBy: "test",
    });
  },
});

/** A busy machine takes its time. */
const patient = { timeout: 60_000 };
const begin = (script: Record<string, unknown> = {}, more: Record<string, unknown> = {}) =>
  tried.accept("pipeline", { input: { goal: "x", script }, ...more });
const stateOf = ({ steps }: Run, id: string) => {
  const step = steps.find((one) => one.id === id);
  return step && `${step.state} ${step.attempt}`;
};
async function eventsOf(runId: string) {
  const all: DomainEvent[] = await listEvents(tried.store.pool, { after: 0, limit: 1_000, runId });
  const of = <T extends EventType>(type: T) =>
    all.filter((event): event is EventOf<T> => event.type === type);
  return { all, of, finished: of("run.finished") };
}
const rejecting = { verdict: "reject", reason: "tests-failed", scores: {} };
async function decide(run: Run, decision: "approved" | "rejected"): Promise<string> {
  await tried.until(run.id, "waiting-for-approval");
  const { items } = await listApprovals(tried.store.pool, { project: "shop", pending: true, limit: 10 });
  const asked = items.find(({ runId }) => runId === run.id);
  if (!asked) throw new Error("nobody was asked");
  expect(await tried.engine.decide({ id: asked.id, decision, by: "ann" })).toBeUndefined();
  expect(await tried.engine.decide({ id: asked.id, decision, by: "bob" })).toMatchObject({ state: decision });
  return asked.stepId;
}

test("WV-1, WV-3: a run goes through all stages and gates; each gate's reviewers are several agents, and its events are told once", async () => {
  const run = await tried.until((await begin({ implement: { tokens: 7, costUsd: 0.5 } })).id);
  expect(run).toMatchObject({ state: "succeeded", tokens: 7, costUsd: 0.5 });
  for (const stage of stages) expect(stateOf(run, stage)).toBe("succeeded 1");
  const reviewers = run.steps.filter(({ id }) => id.startsWith("gate-5-reviewer-")).map(({ agent }) => agent);
  expect(new Set(reviewers).size).toBe(5);
  const { all, of, finished } = await eventsOf(run.id);
  expect(of("stage.entered").map(({ stage }) => stage)).toEqual(stages);
  expect(of("stage.left")).toHaveLength(8);
  expect(of("gate.decided").map(({ gate, outcome }) => `${gate} ${outcome}`)).toEqual(
    ["1", "2", "3", "4", "5"].map((gate) => `${gate} approved`),
  );
  expect(finished).toMatchObject([{ outcome: "succeeded", incident: false, intervention: false }]);
  await expect
    .poll(() => tried.observed.filter((e) => "runId" in e && e.runId === run.id), patient)
    .toHaveLength(all.length);
});

test("WV-4: a gate that rejects twice opens a resolution loop, and the third try passes", async () => {
  const script = { outputs: [rejecting, rejecting] };
  const handled = tried.observed.filter(({ type }) => type === "failure.handled").length;
  const run = await tried.until(
    (await begin({ "gate-3-reviewer-1": script, "gate-3-reviewer-2": script })).id,
  );
  expect(run.state).toBe("succeeded");
  expect(stateOf(run, "implement")).toBe("succeeded 3");
  const { of, finished } = await eventsOf(run.id);
  expect(
    of("gate.decided")
      .filter(({ gate }) => gate === "3")
      .map(({ outcome }) => outcome),
  ).toEqual(["rejected", "rejected", "approved"]);
  expect(of("resolution.closed")).toMatchObject([{ stage: "implement", attempts: 2, outcome: "resolved" }]);
  await expect
    .poll(() => tried.observed.filter(({ type }) => type === "failure.handled").slice(handled), patient)
    .toEqual([{ type: "failure.handled", resolution: "self-healed" }]);
  expect(finished).toMatchObject([{ incident: false, intervention: false }]);
});

test("WV-15: after three attempts the incident reporter is called; what it mends goes on", async () => {
  const script = {
    verify: { outputs: [1, 2, 3, 4].map((n) => ({ outcome: "failed", fingerprint: `${n}` })) },
    "incident-verify": { output: { outcome: "mended" } },
  };
  const run = await tried.until((await begin(script)).id);
  expect(run.state).toBe("succeeded");
  const { of, finished } = await eventsOf(run.id);
  expect(of("incident.reported")).toMatchObject([{ reason: "attempts-exhausted" }]);
  expect(of("resolution.closed")).toMatchObject([{ stage: "verify", attempts: 4, outcome: "escalated" }]);
  expect(finished).toMatchObject([{ outcome: "succeeded", incident: true, intervention: false }]);
});

test("WV-6, WV-15: the same failure again with nothing changed is an infinite loop, and ends the run at once", async () => {
  const script = {
    implement: { output: { outcome: "failed", reason: "tests-failed", fingerprint: "same" } },
  };
  const run = await tried.until((await begin(script)).id);
  expect(run).toMatchObject({ state: "failed", error: expect.stringMatching(/^implement: /) });
  expect(stateOf(run, "implement")).toBe("failed 2");
  expect(stateOf(run, "monitor")).toBe("skipped 1");
  const { of, finished } = await eventsOf(run.id);
  expect(of("resolution.infinite")).toMatchObject([{ stage: "implement" }]);
  expect(finished).toMatchObject([{ outcome: "failed", incident: true }]);
});

test("WV-6: more than five attempts are an infinite loop, whoever asked for them", async () => {
  const script = { implement: { failures: 99 }, "incident-implement": { output: { outcome: "mended" } } };
  const run = await begin(script);
  expect(await decide(run, "approved")).toBe("person-implement-1");
  await expect.poll(async () => (await eventsOf(run.id)).of("approval.requested").length, patient).toBe(2);
  expect(await decide(run, "approved")).toBe("person-implement-2");
  const ended = await tried.until(run.id);
  expect(ended.state).toBe("failed");
  const { of, finished } = await eventsOf(run.id);
  expect(of("resolution.infinite")).toHaveLength(1);
  expect(of("resolution.attempted").map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5]);
  expect(finished).toMatchObject([{ incident: true, intervention: true }]);
});

test("WV-15: the platform's limits say how often a run tries by itself, and a run keeps those that it started with", async () => {
  const usual = tried.rules;
  tried.rules = { ...usual, attempts: { verifyAttempts: 1, loopAttempts: 2 } };
  const script = {
    implement: { outputs: [1, 2].map((n) => ({ outcome: "failed", fingerprint: `${n}` })) },
    "incident-implement": { output: { outcome: "mended" } },
  };
  const run = await tried.until((await begin(script)).id);
  tried.rules = usual;
  expect(run.state).toBe("succeeded");
  const { of } = await eventsOf(run.id);
  expect(of("incident.reported")).toMatchObject([{ reason: "attempts-exhausted" }]);
  expect(of("resolution.closed")).toMatchObject([{ stage: "implement", attempts: 2 }]);
});

test("WV-6: where the quorum is lost a person decides, never the one who asked for the run", async () => {
  const absent = { output: "no vote" };
  const script = { "gate-1-reviewer-1": absent, "gate-1-reviewer-2": absent };
  const [yes, no] = await Promise.all([
    begin(script),
    begin({ ...script, "gate-1-reviewer-1": { failures: 1 } }),
  ]);
  expect(await decide(yes, "approved")).toBe("quorum-1-1");
  const ended = await tried.until(yes.id);
  expect(ended.state).toBe("succeeded");
  const { of, finished } = await eventsOf(yes.id);
  expect(of("gate.decided").slice(0, 2)).toMatchObject([
    { outcome: "undecided", quorum: false },
    { outcome: "approved", by: "person" },
  ]);
  expect(finished).toMatchObject([{ intervention: true }]);
  // Rejected by a person, the specification is written anew; then the first reviewer is there, the second is not.
  await decide(no, "rejected");
  expect((await tried.until(no.id)).state).toBe("succeeded");
  expect((await eventsOf(no.id)).of("resolution.closed")).toHaveLength(1);
});

test("WV-12: in mode Minimal a run has three stages, and the gates ask for what the breaker lets them (WV-11)", async () => {
  const usual = tried.rules;
  tried.rules = { ...usual, mode: "minimal", threshold: 0.5 };
  const scores = Object.fromEntries(["correctness", "safety"].map((name) => [name, 0.6]));
  const poor = { output: { verdict: "approve", scores } };
  const script = Object.fromEntries([1, 2, 3].map((n) => [`gate-3-reviewer-${n}`, poor]));
  const run = await tried.until((await begin(script)).id);
  tried.rules = usual;
  expect(run.state).toBe("succeeded");
  expect((await eventsOf(run.id)).of("stage.entered").map(({ stage }) => stage)).toEqual([
    "spec",
    "implement",
    "verify",
  ]);
  expect(stateOf(run, "review")).toBe("skipped 1");
});

test("a run that is held begins no further command and goes on later; a cancelled one ends; a dry run does nothing", async () => {
  const run = await begin({ spec: { latencyMs: 150_000 }, plan: { latencyMs: 1_000_000 } });
  await expect.poll(() => tried.worked, patient).toContain(`${run.id}/spec/1`);
  await tried.engine.hold(run.id);
  const held = await tried.until(run.id, "paused");
  expect(stateOf(held, "spec")).toBe("running 1");
  await tried.engine.release(run.id);
  await expect.poll(() => tried.worked, patient).toContain(`${run.id}/plan/1`);
  await tried.engine.cancel(run.id);
  const ended = await tried.until(run.id);
  expect(ended.state).toBe("cancelled");
  expect(["spec", "plan", "think"].map((id) => stateOf(ended, id))).toEqual([
    "succeeded 1",
    "skipped 1",
    "skipped 1",
  ]);
  tried.worked.length = 0;
  const dry = await tried.until((await begin({}, { dryRun: true })).id);
  expect(dry.state).toBe("succeeded");
  expect(tried.worked).toEqual([]);
});
