import type { Clock } from "../orchestrator/clock.ts";

/** A clock that a test sets by hand: who sleeps is woken when its time has come. */
export interface HandClock extends Clock {
  /** Lets that many milliseconds pass, waking sleepers in the order of their times, each before the next. */
  pass(milliseconds: number): Promise<void>;
}

interface Sleeper {
  at: number;
  wake: () => void;
}

/** A clock that stands at a time of the past until a test moves it. */
export function handClock(): HandClock {
  let now = Date.UTC(2026, 0, 1);
  const sleepers = new Set<Sleeper>();
  return {
    now: () => now,
    sleep: (milliseconds, signal) => asleep(sleepers, now + milliseconds, signal),
    async pass(milliseconds) {
      const end = now + milliseconds;
      await settled();
      for (let next = nextOf(sleepers, end); next; next = nextOf(sleepers, end)) {
        now = Math.max(now, next.at);
        next.wake();
        await settled();
      }
      now = end;
      await settled();
    },
  };
}

function asleep(sleepers: Set<Sleeper>, at: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const wake = () => {
      signal?.removeEventListener("abort", abort);
      sleepers.delete(sleeper);
      resolve();
    };
    const sleeper = { at, wake };
    const abort = () => {
      sleepers.delete(sleeper);
      reject(signal?.reason);
    };
    if (signal?.aborted) return abort();
    signal?.addEventListener("abort", abort, { once: true });
    sleepers.add(sleeper);
  });
}

function nextOf(sleepers: ReadonlySet<Sleeper>, end: number): Sleeper | undefined {
  return [...sleepers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
}

// Whoever was woken may sleep anew before more time passes.
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
