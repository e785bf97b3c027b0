import { bulkhead } from "cockatiel";
import type { Clock } from "../clock.ts";
import { Postponed } from "../domain/agent.ts";
import { ModelFailure } from "./model.ts";

const firstWaitMs = 1_000;
/** Longer than that no call waits within its step, whose time is limited: its task is postponed instead. */
const longestWaitMs = 60_000;

/** Calls of one provider, in the order in which they came. */
export interface RateLimitQueue {
  /**
   * Makes the call, again and again while the provider limits the rate: no task fails from a rate limit (AH-8). Throws a Postponed where
   * the queue is full or the wait would be longer than a minute, and whatever else goes wrong; the signal ends the waiting.
   */
  run<Result>(call: () => Promise<Result>, signal: AbortSignal): Promise<Result>;
  /** Calls that wait for a place. */
  readonly waiting: number;
}

interface QueueOptions {
  atOnce: number;
  clock: Clock;
  /** Calls that may wait for a place; further ones wait at their caller (AH-8). */
  capacity?: number;
}

/** A queue with that many calls at once. A refusal makes all of them wait: as long as the provider asks, or 2^n s up to a minute. */
export function rateLimitQueue({
  atOnce,
  clock,
  capacity = Number.MAX_SAFE_INTEGER,
}: QueueOptions): RateLimitQueue {
  const places = bulkhead(atOnce, capacity);
  const untilAnswered = withinRate(clock);
  return {
    get waiting() {
      return capacity - places.queueSlots;
    },
    async run(call, signal) {
      if (places.executionSlots + places.queueSlots === 0)
        throw later(clock, { why: `${capacity} calls wait already`, ms: firstWaitMs });
      const place = patience(clock, signal);
      const both = AbortSignal.any([signal, place.signal]);
      const made = places.execute(() => {
        place.got();
        return untilAnswered(call, signal);
      }, both);
      made.catch(() => undefined);
      const tooLate = place.over.then(() => {
        throw later(clock, { why: "others come first", ms: firstWaitMs });
      });
      return Promise.race([made, tooLate]);
    },
  };
}

/** Makes calls not before the provider allows it; what it refused is asked again. */
function withinRate(clock: Clock) {
  let openAt = 0;
  const untilOpen = async (signal: AbortSignal) => {
    for (let wait = openAt - clock.now(); wait > 0; wait = openAt - clock.now()) {
      if (wait > longestWaitMs)
        throw later(clock, { why: "the provider limits the rate of calls", ms: wait });
      await clock.sleep(wait, signal);
    }
  };
  return async <Result>(call: () => Promise<Result>, signal: AbortSignal): Promise<Result> => {
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
}

function later(clock: Clock, { why, ms }: { why: string; ms: number }): Postponed {
  return new Postponed(`${why}; the call is made later`, (signal) => clock.sleep(ms, signal));
}

/** The time that a call waits for its place; `over` resolves when it was too long, and the signal takes the call out of the queue. */
function patience(
  clock: Clock,
  signal: AbortSignal,
): { signal: AbortSignal; over: Promise<void>; got: () => void } {
  const gaveUp = new AbortController();
  const served = new AbortController();
  const over = clock.sleep(longestWaitMs, AbortSignal.any([signal, served.signal])).then(
    () => gaveUp.abort(),
    () => new Promise<never>(() => undefined),
  );
  return { signal: gaveUp.signal, over, got: () => served.abort() };
}
