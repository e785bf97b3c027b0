import type { Events, Runs } from "./ports.ts";

/** Resolves when the run has ended or the signal says stop, whichever is first. */
export type WaitForEnd = (runId: string, signal: AbortSignal) => Promise<void>;

/** Events wake the watch; where a wake-up is lost, it looks again after this time. */
const looksAtLeastEveryMs = 1_000;
/** Many events close together cost one look. */
const looksAtMostEveryMs = 25;

/** Those who wait, by the run whose end they wait for. */
type Waiting = Map<string, Set<() => void>>;

/** Watches the ends of all runs that someone waits for, with one statement for all of them together. */
export function watchEnds({ runs, events }: { runs: Runs; events: Events }): {
  waitForEnd: WaitForEnd;
  close(): void;
} {
  const waiting: Waiting = new Map();
  let lookedAt = 0;
  let planned: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
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
    waitForEnd: (runId, signal) => {
      const waited = untilToldOrStopped(waiting, { runId, signal });
      plan(0);
      return waited;
    },
    close: () => {
      stop();
      clearTimeout(planned);
    },
  };
}

function untilToldOrStopped(
  waiting: Waiting,
  { runId, signal }: { runId: string; signal: AbortSignal },
): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const others = waiting.get(runId) ?? new Set();
    const done = (): void => {
      signal.removeEventListener("abort", done);
      others.delete(done);
      if (others.size === 0) waiting.delete(runId);
      resolve();
    };
    signal.addEventListener("abort", done);
    waiting.set(runId, others.add(done));
  });
}
