import { describe, expect, test } from "vitest";
import { handClock } from "../../tests/hand-clock.ts";
import { scaledClock } from "../clock.ts";
import { ModelFailure } from "./model.ts";
import { rateLimitQueue } from "./rate-limit-queue.ts";

const limited = (retryAfterMs?: number) =>
  new ModelFailure("too fast", {
    ...{ kind: "rate-limited", provider: "openai", status: 429 },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
const never = new AbortController().signal;

describe("calls of a provider that limits their rate (AH-8)", () => {
  test("no call fails from a rate limit, and none is made before the provider allows it", async () => {
    const clock = scaledClock(100);
    const queue = rateLimitQueue({ atOnce: 5, clock });
    const allowed = 4;
    const periodMs = 10_000;
    let periodEnds = 0;
    let inPeriod = 0;
    let tooEarly = 0;
    const call = async () => {
      const now = clock.now();
      if (now >= periodEnds) [periodEnds, inPeriod] = [now + periodMs, 0];
      if (inPeriod >= allowed) {
        tooEarly++;
        throw limited(periodEnds - now);
      }
      return ++inPeriod;
    };
    const results = await Promise.all(Array.from({ length: 20 }, () => queue.run(call, never)));
    expect(results).toHaveLength(20);
    // Of each period's calls only those that were under way together may be refused.
    expect(tooEarly).toBeLessThanOrEqual(5 * 5);
  });

  test("without a time to wait for, the waits are 1, 2, 4 seconds", async () => {
    const clock = handClock();
    const queue = rateLimitQueue({ atOnce: 1, clock });
    const at: number[] = [];
    const answered = queue.run(async () => {
      at.push(clock.now());
      if (at.length < 4) throw limited();
    }, never);
    await clock.pass(20_000);
    await answered;
    const waits = at.slice(1).map((time, i) => (time - (at[i] ?? 0)) / 1_000);
    for (const [i, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(2 ** i);
      expect(wait).toBeLessThan(2 ** (i + 1));
    }
    expect(waits).toHaveLength(3);
  });

  test("who came first is answered first", async () => {
    const queue = rateLimitQueue({ atOnce: 1, clock: scaledClock(100) });
    const order: number[] = [];
    let refuse = true;
    const call = (caller: number) => async () => {
      if (refuse) {
        refuse = false;
        throw limited(500);
      }
      order.push(caller);
    };
    await Promise.all([0, 1, 2, 3].map((caller) => queue.run(call(caller), never)));
    expect(order).toEqual([0, 1, 2, 3]);
  });

  test("another failure is the caller's, and the next call has its place", async () => {
    const queue = rateLimitQueue({ atOnce: 1, clock: scaledClock(1) });
    const down = new ModelFailure("down", { kind: "unavailable", provider: "openai" });
    await expect(queue.run(() => Promise.reject(down), never)).rejects.toBe(down);
    expect(await queue.run(async () => "next", never)).toBe("next");
  });

  test("who stops does not wait for the limit's end", async () => {
    const queue = rateLimitQueue({ atOnce: 1, clock: scaledClock(1) });
    const stop = new AbortController();
    const waiting = queue.run(() => Promise.reject(limited(60_000)), stop.signal);
    setTimeout(() => stop.abort(), 20);
    await expect(waiting).rejects.toThrow(/abort/i);
  });
});
