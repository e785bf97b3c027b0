import fc from "fast-check";
import { expect, test } from "vitest";
import { howMany } from "../../tests/how-many.ts";
import { beginWatch, HEARTBEAT_SECONDS, LEASE_SECONDS, lookForLosses, type Watch } from "./lost-agents.ts";

const start = Date.parse("2026-01-01T00:00:00Z");
const at = (seconds: number) => start + seconds * 1_000;
const agent = (id: string, heartbeatSeconds: number) => ({
  id,
  heartbeatAt: new Date(at(heartbeatSeconds)).toISOString(),
});

/** A watch that has looked every second since the start. */
const watching = (seconds: number): Watch => ({ ...beginWatch(start), lookedAt: at(seconds - 1) });

test("NX-5: an agent is lost after 30 s without a heartbeat, and not before", () => {
  const look = (seconds: number) =>
    lookForLosses(watching(seconds), [agent("one", 5)], { now: at(seconds) }).lost;
  expect(look(35)).toEqual([]);
  expect(look(35.001)).toEqual(["one"]);
});

test("nobody is called lost because the watch itself was away or the clock jumped", () => {
  const agents = [agent("one", 0)];
  const stopped = lookForLosses(beginWatch(start), agents, { now: at(3_600) });
  expect(stopped.lost).toEqual([]);
  // From then on it has a whole lease.
  let { watch } = stopped;
  const lostAt: number[] = [];
  for (let seconds = 3_601; seconds <= 3_640; seconds++) {
    const losses = lookForLosses(watch, agents, { now: at(seconds) });
    watch = losses.watch;
    if (losses.lost.length > 0) lostAt.push(seconds);
  }
  expect(lostAt[0]).toBe(3_631);
  const back = lookForLosses({ ...watching(100), since: start }, agents, { now: at(50) });
  expect(back.lost).toEqual([]);
});

test("whatever the heartbeats: who keeps sending them is never lost, who stops is lost within a lease and one look", () => {
  const lives = fc.array(
    fc.record({ stopsAt: fc.nat({ max: 200 }), every: fc.integer({ min: 1, max: HEARTBEAT_SECONDS }) }),
    { minLength: 1, maxLength: 8 },
  );
  const holds = fc.property(lives, fc.integer({ min: 1, max: 9 }), (all, lookEvery) => {
    const lostAt = new Map<string, number>();
    let watch = beginWatch(start);
    for (let now = lookEvery; now <= 260; now += lookEvery) {
      const agents = all.flatMap(({ stopsAt, every }, i) => {
        const last = Math.floor(Math.min(now, stopsAt) / every) * every;
        return lostAt.has(`${i}`) ? [] : [agent(`${i}`, last)];
      });
      const losses = lookForLosses(watch, agents, { now: at(now) });
      watch = losses.watch;
      for (const id of losses.lost) lostAt.set(id, now);
    }
    for (const [i, { stopsAt, every }] of all.entries()) {
      const last = Math.floor(stopsAt / every) * every;
      expect(lostAt.get(`${i}`)).toBeGreaterThan(last + LEASE_SECONDS);
      expect(lostAt.get(`${i}`)).toBeLessThanOrEqual(last + LEASE_SECONDS + lookEvery);
    }
  });
  fc.assert(holds, { numRuns: howMany(200, 5_000) });
});
