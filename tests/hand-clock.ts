import type { Clock } from "../orchestrator/clock.ts";

/** A clock that a test sets by hand: who sleeps is woken when its time has come. */
export interface HandClock extends Clock {
  /** Lets that many milliseconds pass, waking sleepers in the order of their times, each before the next. */
  pass(milliseconds: number): Promise<void>;
  /** How many sleep. */
  readonly sleepers: number;
}

/** A clock that stands at a time of the past until a test moves it. */
export function handClock(): HandClock {
  let now = Date.UTC(2026, 0, 1);
  const sleepers = new Set<{ at: number; wake: () => void }>();
  // Whoever was woken may sleep anew before more time passes.
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    now: () => now,
    get sleepers() {
      return sleepers.size;
    },
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        const abort = () => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        const wake = () => {
          signal?.removeEventListener("abort", abort);
          sleepers.delete(sleeper);
          resolve();
        };
        const sleeper = { at: now + milliseconds, wake };
        if (signal?.aborted) return abort();
        signal?.addEventListener("abort", abort, { once: true });
        sleepers.add(sleeper);
      }),
    async pass(milliseconds) {
      const end = now + milliseconds;
      await settle();
      for (;;) {
        const [first] = [...sleepers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (!first) break;
        now = Math.max(now, first.at);
        first.wake();
        await settle();
      }
      now = end;
      await settle();
    },
  };
}
