import { expect, test } from "vitest";
import type { WorkResult } from "../domain/agent.ts";
import { step } from "../domain/workflow.ts";
import type { StepRow } from "../store/journal.ts";
import type { StoredStep } from "../store/steps.ts";
import type { Control } from "./controls.ts";
import type { Execution } from "./do-task.ts";
import { anyAgent } from "./parts.ts";
import { performStep } from "./perform-step.ts";

const noWaits = { now: () => 0, sleep: () => new Promise<void>(() => undefined) };

test("what attempts took before a process was lost is in the outcome, and is written once", async () => {
  const rows: StepRow[] = [];
  const journal = { note: () => undefined, step: async (row: StepRow) => void rows.push(row) };
  const worker = async (): Promise<WorkResult> => ({
    ...{ output: "done", tokens: 5, costUsd: 0.1, evidenceBytes: 7 },
  });
  const parts = {
    ...{ worker, journal, place: anyAgent, clock: noWaits },
    ...{ record: () => undefined, reviews: () => false },
  };
  const stored: StoredStep = {
    ...{ id: "a", state: "ready", attempt: 2 },
    ...{ tokens: 20, costUsd: 1, evidenceBytes: 3 },
  };
  const plan = { id: "run", input: {}, stored: new Map([["a", stored]]), losses: new Map() };
  const control: Partial<Control> = { signal: new AbortController().signal, held: () => false };
  const during = (_: string, what: () => Promise<unknown>) => what();
  const execution = { parts, plan, control, during, needs: {} } as unknown as Execution;
  const outcome = await performStep(step.parse({ id: "a", agent: "coder" }), { ...execution, needs: {} });
  expect(outcome).toMatchObject({ state: "succeeded", tokens: 25, costUsd: 1.1, evidenceBytes: 10 });
  expect(rows).toMatchObject([{ state: "succeeded", attempt: 2, tokens: 5, costUsd: 0.1 }]);
});
