import { bulkhead } from "cockatiel";
import type { Clock } from "../clock.ts";
import { ModelFailure } from "./model.ts";

const firstWaitMs = 1_000;
const longestWaitMs = 60_000;

/** Calls of one provider, in the order in which they came. */
export interface RateLimitQueue {
  /**
   * Makes the call, again and again while the provider limits the rate: no task fails from a rate limit (AH-8). Anything else that
   * goes wrong is thrown; the signal ends the waiting.
   */
  run<Result>(call: () => Promise<Result>, signal: AbortSignal): Promise<Result>;
  /** Calls that wait for a place. */
  readonly waiting: number;
}

/** As good as no limit: how many tasks wait is the scheduler's matter. */
const queueCapacity = Number.MAX_SAFE_INTEGER;

/** A queue with that many calls at once. A refusal makes all of them wait: as long as the provider asks, or 2^n s up to a minute. */
export function rateLimitQueue({ atOnce, clock }: { atOnce: number; clock: Clock }): RateLimitQueue {
  const places = bulkhead(atOnce, queueCapacity);
  let openAt = 0;

  const untilOpen = async (signal: AbortSignal) => {
    for (let wait = openAt - clock.now(); wait > 0; wait = openAt - clock.now())
      await clock.sleep(wait, signal);
  };

  const untilAnswered = async <Result>(call: () => Promise<Result>, signal: AbortSignal): Promise<Result> => {
    for (let refusals = 0; ; refusals++) {
      await untilOpen(signal);
      signal.throwIfAborted();
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof ModelFailure) || error.kind !== "rate-limited") throw error;
        const wait = error.retryAfterMs ?? Math.min(firstWaitMs * 2 ** refusals, longestWaitMs);
        openAt = Math.max(openAt, clock.now() + Math.max(wait, 1));
      }
    }
  };

  return {
    get waiting() {
      return queueCapacity - places.queueSlots;
    },
    run: (call, signal) => places.execute(() => untilAnswered(call, signal), signal),
  };
}
