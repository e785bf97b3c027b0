import type { Events, Runs } from "./ports.ts";

/** Resolves when the run has ended or the signal says stop, whichever is first. */
export type WaitForEnd = (runId: string, signal: AbortSignal) => Promise<void>;

/** Events wake the watch; where a wake-up is lost, it looks again after this time. */
const looksAtLeastEveryMs = 1_000;
/** Many events close together cost one look. */
const looksAtMostEveryMs = 25;

/** Watches the ends of all runs that someone waits for, with one statement for all of them together. */
export function watchEnds({ runs, events }: { runs: Runs; events: Events }): {
  waitForEnd: WaitForEnd;
  close(): void;
} {
  const waiting = new Map<string, Set<() => void>>();
  let lookedAt = 0;
  let planned: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    planned = undefined;
    lookedAt = Date.now();
    // While the store is away everybody waits on.
    const ended = await runs.ended([...waiting.keys()]).catch(() => []);
    for (const id of ended) for (const resolve of waiting.get(id) ?? []) resolve();
    plan(looksAtLeastEveryMs);
  };
  const plan = (afterMs: number): void => {
    if (waiting.size === 0) return;
    clearTimeout(planned);
    planned = setTimeout(() => void look(), Math.max(afterMs, lookedAt + looksAtMostEveryMs - Date.now(), 0));
  };
  const stop = events.onNew(() => plan(0));
  return {
    waitForEnd: (runId, signal) =>
      new Promise((resolve) => {
        const done = (): void => {
          signal.removeEventListener("abort", done);
          const others = waiting.get(runId);
          others?.delete(done);
          if (others?.size === 0) waiting.delete(runId);
          resolve();
        };
        if (signal.aborted) return resolve();
        signal.addEventListener("abort", done);
        waiting.set(runId, (waiting.get(runId) ?? new Set()).add(done));
        plan(0);
      }),
    close: () => {
      stop();
      clearTimeout(planned);
    },
  };
}
