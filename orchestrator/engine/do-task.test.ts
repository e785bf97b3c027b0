import { expect, test } from "vitest";
import { wallClock } from "../clock.ts";
import type { WorkResult } from "../domain/agent.ts";
import type { Control } from "./controls.ts";
import { doTask, type Execution } from "./do-task.ts";

/** A busy machine takes its time. */
const patient = { timeout: 60_000 };
const result = (output: string): WorkResult => ({ output, tokens: 0, costUsd: 0, evidenceBytes: 0 });

test("AH-9: what a lost agent answers late, without having heeded its signal, counts for nothing", async () => {
  const first = new AbortController();
  const answers: ((result: WorkResult) => void)[] = [];
  const agents = ["first", "second"];
  const released: string[] = [];
  const parts = {
    place: async () => {
      const agent = agents.shift() ?? "none";
      const lost = agent === "first" ? first.signal : new AbortController().signal;
      return { agent, lost, release: () => released.push(agent) };
    },
    worker: () => new Promise<WorkResult>((answer) => answers.push(answer)),
    store: { pool: { query: async () => ({ rows: [] }) } },
    ...{ clock: wallClock, record: () => undefined, journal: { note: () => undefined } },
  };
  const control: Partial<Control> = { signal: new AbortController().signal, held: () => false };
  const during = (_: string, what: () => Promise<unknown>) => what();
  const execution = {
    parts,
    plan: { id: "run", input: {}, losses: new Map() },
    control,
    during,
  } as unknown as Execution;
  const task = {
    stepId: "a",
    attempt: 1,
    agentType: "coder",
    capabilities: [],
    input: {},
    timeoutSeconds: 60,
    ...({ risk: "AUTO", isLast: true } as const),
  };
  const done = doTask(task, execution);
  await expect.poll(() => answers.length, patient).toBe(1);
  first.abort("lost");
  await expect.poll(() => answers.length, patient).toBe(2);
  answers[0]?.(result("late"));
  answers[1]?.(result("in time"));
  expect(await done).toEqual({ kind: "done", agent: "second", result: result("in time") });
  expect(released).toEqual(["first", "second"]);
});
