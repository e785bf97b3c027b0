import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { Assignment, Worker } from "../domain/agent.ts";
import { commandKind, usualOutput } from "../pipeline/agent-work.ts";

/** What a step's input may say under `script`, or the run's under `script.STEP`: how the work shall go. */
export const workScript = z.object({
  /** Milliseconds that it takes. */
  latencyMs: z.number().min(0).max(3_600_000).default(0),
  /** Attempts that fail before one succeeds. */
  failures: z.int().min(0).default(0),
  /** Whether those failures are final. */
  permanent: z.boolean().default(false),
  /** What comes out of the first attempts, one after the other. */
  outputs: z.array(z.json()).default([]),
  /** What each of several agents answers, by its place among them; the last one's for all others. */
  answers: z.array(z.json()).min(1).optional(),
  /** What comes out otherwise; without it, what lets the pipeline go on, or the input of the run. */
  output: z.json().optional(),
  /** What each attempt takes, failed ones too. */
  tokens: z.int().min(0).default(0),
  costUsd: z.number().min(0).default(0),
  evidenceBytes: z.int().min(0).default(0),
});
const scripts = z.object({ script: z.record(z.string(), z.unknown()) });

/** Whether the step, or its run for all of its steps, says how the work goes. */
export function isScripted({ input }: Pick<Assignment, "input">): boolean {
  return input.script !== undefined || scripts.safeParse(input.run).success;
}

/** Told when work begins and when it is done, by the assignment's key. */
export type WorkLog = (entry: { key: string; phase: "began" | "done" }) => Promise<void>;

/** A worker that needs no model: inputs say how its work goes, so that load, faults and recovery can be tried by themselves. */
export function scriptedWorker({
  clock,
  log = async () => undefined,
}: {
  clock: Clock;
  log?: WorkLog;
}): Worker {
  return async ({ key, stepId, attempt, input }, signal) => {
    const ofRun = scripts.safeParse(input.run).data?.script[stepId];
    const script = workScript.parse(input.script ?? ofRun ?? {});
    await log({ key, phase: "began" });
    if (script.latencyMs > 0) await clock.sleep(script.latencyMs, signal);
    const { failures, permanent, tokens, costUsd, evidenceBytes } = script;
    const spent = { tokens, costUsd, evidenceBytes };
    if (attempt <= failures)
      throw Object.assign(new Error(`scripted failure ${attempt}`), { permanent, spent });
    await log({ key, phase: "done" });
    return { output: outputOf(script, { key, attempt, input }), ...spent };
  };
}

function outputOf(
  { outputs, answers, output }: z.infer<typeof workScript>,
  { key, attempt, input }: { key: string; attempt: number; input: Record<string, unknown> },
): unknown {
  const scripted = outputs[attempt - 1] ?? answerOf(answers, key) ?? output;
  if (scripted !== undefined) return scripted;
  const command = commandKind.safeParse(input.command).data;
  return command ? usualOutput(command) : (input.run ?? null);
}

/** A key ends with its answer's number where several agents do a step: RUN/STEP/ATTEMPT/ANSWER. */
function answerOf(answers: readonly unknown[] | undefined, key: string): unknown {
  return answers?.[Number.parseInt(key.split("/")[3] ?? "1", 10) - 1] ?? answers?.at(-1);
}
