import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { Worker } from "../domain/agent.ts";

/** What a step's input may say under `script`: how the work shall go. */
export const workScript = z.object({
  /** Milliseconds that it takes. */
  latencyMs: z.number().min(0).max(3_600_000).default(0),
  /** Attempts that fail before one succeeds. */
  failures: z.int().min(0).default(0),
  /** Whether those failures are final. */
  permanent: z.boolean().default(false),
  /** What comes out; without it the input of the run. */
  output: z.json().optional(),
  tokens: z.int().min(0).default(0),
  costUsd: z.number().min(0).default(0),
  evidenceBytes: z.int().min(0).default(0),
});

/** Told when work begins and when it is done, by the assignment's key. */
export type WorkLog = (entry: { key: string; phase: "began" | "done" }) => Promise<void>;

/** A worker that needs no model: each step's input says how its work goes, so that load, faults and recovery can be tried by themselves. */
export function scriptedWorker({
  clock,
  log = async () => undefined,
}: {
  clock: Clock;
  log?: WorkLog;
}): Worker {
  return async ({ key, attempt, input }, signal) => {
    const script = workScript.parse(input.script ?? {});
    await log({ key, phase: "began" });
    if (script.latencyMs > 0) await clock.sleep(script.latencyMs, signal);
    if (attempt <= script.failures)
      throw Object.assign(new Error(`scripted failure ${attempt}`), { permanent: script.permanent });
    await log({ key, phase: "done" });
    const { tokens, costUsd, evidenceBytes } = script;
    return { output: script.output ?? input.run ?? null, tokens, costUsd, evidenceBytes };
  };
}
