import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { type AgentCommand, agentAnswer } from "./agent-work.ts";
import { play, type Script } from "./fixtures/play.ts";
import { gateOf, gates, RUBRIC_THRESHOLD } from "./gates.ts";
import { stages } from "./stages.ts";

const page = await readFile(new URL("../../docs/orchestrator/pipeline.md", import.meta.url), "utf8");
const [diagram = ""] = page.split("```mermaid")[1]?.split("```") ?? [];
const shown = diagram
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => line.trim());

/** Where a run goes from each stage that it leaves, with the outcome. */
function moves(script: Script): string[] {
  const { events } = play(script);
  return events.flatMap((event, i) => {
    if (event.type !== "stage.left") return [];
    const following = events.slice(i).find(({ type }) => type === "stage.entered");
    const to = following?.type === "stage.entered" ? following.stage : "[*]";
    const gate = gateOf(event.stage as "spec")?.name;
    const passes = gate ? `gate ${gate} approves` : "passes";
    const fails = gate ? `fails, or gate ${gate} rejects` : "fails";
    return [`${event.stage} --> ${to}: ${event.outcome === "passed" ? passes : fails}`];
  });
}

test("the page's diagram shows where the pipeline goes from each stage, and nothing else", () => {
  const failing = stages.flatMap((stage) => [
    moves(({ kind, stepId, attempt }) =>
      kind === "work" && stepId === stage && attempt === 1
        ? { kind, outcome: "failed", failure: { reason: "error" } }
        : undefined,
    ),
    moves(({ kind, stepId, attempt }) =>
      kind === "vote" && stepId.startsWith(`gate-${gateOf(stage)?.name}-`) && attempt === 1
        ? { kind, vote: { verdict: "reject", scores: {} } }
        : undefined,
    ),
  ]);
  const real = new Set([`[*] --> ${stages[0]}`, ...moves(() => undefined), ...failing.flat()]);
  expect(shown.toSorted()).toEqual([...real].sort());
});

test("the page's table of gates is that of the code", () => {
  const rows = page.match(/^\| [1-5] .*$/gm)?.map((row) => row.split("|").map((cell) => cell.trim()));
  expect(rows?.map(([, name, guards, , reviewers, needed]) => [name, guards, reviewers, needed])).toEqual(
    gates.map(({ name, guards, reviewers, needed }) => [name, guards, `${reviewers}`, `${needed}`]),
  );
  expect(page).toContain(`at least ${RUBRIC_THRESHOLD},`);
});

test("the page's examples of what agents write are understood", () => {
  const commands = play((command) =>
    command.kind === "work" && command.stage === "verify"
      ? { kind: "work", outcome: "failed", failure: { reason: "error" } }
      : undefined,
  ).commands;
  const rows = [...page.matchAll(/^\| (work|vote|detect|report) +\| (.*) \|$/gm)];
  expect(rows.map(([, kind]) => kind)).toEqual(["work", "vote", "detect", "report"]);
  for (const [, kind, examples = ""] of rows) {
    const command = commands.find((one) => one.kind === kind) as AgentCommand;
    for (const [, example = ""] of examples.matchAll(/`([^`]+)`/g)) {
      const answer = agentAnswer(command, { output: JSON.parse(example), at: 0 });
      expect(answer, example).toMatchObject(understood(kind as AgentCommand["kind"], JSON.parse(example)));
    }
  }
});

function understood(kind: AgentCommand["kind"], { reason, fingerprint, ...output }: Record<string, unknown>) {
  if (kind === "vote") return { vote: { ...output, reason } };
  return reason === undefined ? output : { ...output, failure: { reason, fingerprint } };
}
