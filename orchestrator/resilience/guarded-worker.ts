import type { Clock } from "../clock.ts";
import { Postponed, type Worker } from "../domain/agent.ts";
import type { Outcome } from "./counted.ts";
import type { LiveBreaker } from "./live-breaker.ts";

/** The breaker of what executes agents, as platforms name it: here the worker of the process (CC-14). */
export const executorBreaker = "agent-executor";

interface GuardedWorkerOptions {
  /** None where the platform has no such breaker. */
  breaker: Pick<LiveBreaker, "admit" | "report" | "isOpen"> | undefined;
  clock: Clock;
}

/** Between two looks whether the breaker has closed before its wait is over: another step may have been the trial. */
const LOOK_MS = 1_000;

/**
 * The worker behind its breaker: while that is open, steps are postponed, which pauses their runs, and after each wait one step is done as its
 * trial.
 */
export function guardedWorker(worker: Worker, { breaker, clock }: GuardedWorkerOptions): Worker {
  if (!breaker) return worker;
  const untilWorthTrying = (seconds: number) => async (signal: AbortSignal) => {
    for (const end = clock.now() + seconds * 1_000; breaker.isOpen() && clock.now() < end; )
      await clock.sleep(Math.min(LOOK_MS, Math.max(1, end - clock.now())), signal);
  };
  return async (assignment, signal) => {
    const admission = await breaker.admit();
    if (!admission.admitted)
      throw new Postponed(
        `breaker "${executorBreaker}" is open`,
        untilWorthTrying(admission.retryAfterSeconds),
      );
    try {
      const result = await worker(assignment, signal);
      await breaker.report("success", admission.trial);
      return result;
    } catch (error) {
      const outcome = outcomeOf(error, signal);
      if (outcome) await breaker.report(outcome, admission.trial);
      throw error;
    }
  };
}

/** What waits for something else, or was stopped by whoever wanted it, says nothing; what was out of time has failed. */
function outcomeOf(error: unknown, { aborted, reason }: AbortSignal): Outcome | undefined {
  if (error instanceof Postponed) return undefined;
  if (!aborted) return "failure";
  return reason instanceof Error && /timeout/i.test(reason.name) ? "timeout" : undefined;
}
