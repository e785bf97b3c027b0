import fc from "fast-check";
import { expect, test } from "vitest";
import { agentTypes } from "../../catalog/platforms/agenthive/label-values.ts";
import { workflowDefinition } from "../domain/workflow.ts";
import { type AgentCommand, agentAnswer, agentWork, usualOutput } from "./agent-work.ts";
import { pipelineWorkflow } from "./definition.ts";
import { play } from "./fixtures/play.ts";
import { stageKinds, stages } from "./stages.ts";

const of = (kind: AgentCommand["kind"]) => {
  const fails = play((command) =>
    command.kind === "work" && command.stage === "verify"
      ? { kind: "work", outcome: "failed", failure: { reason: "error" } }
      : undefined,
  );
  return fails.commands.find((command) => command.kind === kind) as AgentCommand;
};
const answer = (kind: AgentCommand["kind"], output: unknown) => agentAnswer(of(kind), { output, at: 1 });

test("what an agent wrote to its standard output is understood", () => {
  expect(answer("work", { outcome: "passed", fingerprint: "f1", extra: 1 })).toEqual({
    key: "spec/1",
    at: 1,
    kind: "work",
    outcome: "passed",
    fingerprint: "f1",
  });
  expect(answer("work", { outcome: "failed", reason: "tests-failed", fingerprint: "f2" })).toMatchObject({
    failure: { reason: "tests-failed", fingerprint: "f2" },
  });
  expect(
    answer("vote", { verdict: "reject", reason: "vulnerability", scores: { safety: 0.1 } }),
  ).toMatchObject({
    vote: { verdict: "reject", reason: "vulnerability", scores: { safety: 0.1 } },
  });
  expect(answer("detect", { catches: ["prompt-injection"] })).toMatchObject({
    catches: ["prompt-injection"],
  });
  expect(answer("report", { outcome: "mended" })).toMatchObject({ outcome: "mended" });
});

test("an output in another form is never taken for a success", () => {
  const good = fc.anything().filter((output) => !JSON.stringify(output ?? null)?.includes("passed"));
  fc.assert(
    fc.property(good, (output) => {
      expect(answer("work", output)).toMatchObject({ outcome: "failed" });
    }),
  );
  const nonsense = [
    undefined,
    null,
    "approve",
    [],
    {},
    { verdict: "maybe" },
    { outcome: "fine" },
    { catches: "none" },
  ];
  for (const output of nonsense) {
    expect(answer("work", output)).toMatchObject({ outcome: "failed", failure: { reason: "error" } });
    expect(answer("vote", output)).toMatchObject({ vote: { verdict: "absent" } });
    expect(answer("detect", output)).toMatchObject({ catches: "absent" });
    expect(answer("report", output)).toMatchObject({ outcome: "not-mended" });
  }
  expect(answer("vote", { verdict: "approve", scores: { safety: 2 } })).toMatchObject({
    vote: { verdict: "absent" },
  });
});

test("a usual output lets a run go on undisturbed", () => {
  for (const kind of ["work", "vote", "detect", "report"] as const)
    expect(answer(kind, usualOutput(kind))).toMatchObject({ kind });
  expect(answer("work", usualOutput("work"))).toMatchObject({ outcome: "passed" });
});

test("every command finds an agent type, and reviewers vote on the gate they are told", () => {
  for (const { agent } of Object.values(stageKinds)) expect(agentTypes).toContain(agent);
  expect(agentWork(of("work"))).toMatchObject({ agentType: "planner", input: { stage: "spec" } });
  expect(agentWork(of("vote"))).toMatchObject({
    agentType: "reviewer",
    input: { command: "vote", gate: "1" },
  });
  expect(agentWork(of("detect"))).toMatchObject({ capabilities: ["adversarial-detection"] });
  expect(agentWork(of("report"))).toMatchObject({ input: { stage: "verify", attempts: 3 } });
});

test("WV-1: the pipeline is a workflow whose steps are its stages, one after the other", () => {
  const full = pipelineWorkflow("full");
  expect(workflowDefinition.parse(full)).toEqual(full);
  expect(full.steps.map(({ id }) => id)).toEqual([...stages]);
  expect(full.steps.map(({ needs }) => needs)).toEqual([[], ...stages.slice(0, -1).map((stage) => [stage])]);
  expect(pipelineWorkflow("minimal").steps.map(({ id }) => id)).toEqual(["spec", "implement", "verify"]);
});
