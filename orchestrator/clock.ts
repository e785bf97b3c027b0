import { setTimeout as delay } from "node:timers/promises";

/** The time of everything that waits for minutes in production, so that a test can let it pass faster. */
export interface Clock {
  /** Milliseconds since 1970, as the clock's own time passes. */
  now(): number;
  /** Resolves after that many of the clock's own milliseconds; rejects with an AbortError when the signal stops it. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const wallClock: Clock = { now: Date.now, sleep: (ms, signal) => delay(ms, undefined, { signal }) };

/** A clock that starts now and runs `factor` times as fast as the wall's. */
export function scaledClock(factor: number): Clock {
  const start = Date.now();
  return {
    now: () => start + (Date.now() - start) * factor,
    sleep: (ms, signal) => delay(ms / factor, undefined, { signal }),
  };
}
