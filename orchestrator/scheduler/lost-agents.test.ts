import fc from "fast-check";
import { expect, test } from "vitest";
import { howMany } from "../../tests/how-many.ts";
import type { Agent } from "../domain/agent.ts";
import {
  beginWatch,
  HEARTBEAT_SECONDS,
  type HeldStep,
  isCurrent,
  LEASE_SECONDS,
  lookForLosses,
  replaceLost,
  type Watch,
} from "./lost-agents.ts";

const start = Date.parse("2026-01-01T00:00:00Z");
const at = (seconds: number) => start + seconds * 1_000;
const agent = (id: string, heartbeatSeconds: number, over: Partial<Agent> = {}): Agent => ({
  id,
  type: "tester",
  capabilities: [],
  capacity: 1,
  state: "busy",
  load: 1,
  heartbeatAt: new Date(at(heartbeatSeconds)).toISOString(),
  ...over,
});

/** A watch that has looked every second since the start. */
const watching = (seconds: number): Watch => ({ ...beginWatch(start), lookedAt: at(seconds - 1) });
const look = (agents: Agent[], seconds: number, held: HeldStep[] = []) =>
  lookForLosses(watching(seconds), { agents, held }, { now: at(seconds) });

test("NX-5: an agent is lost after 30 s without a heartbeat, and not before", () => {
  expect(look([agent("one", 5)], 35).lost).toEqual([]);
  expect(look([agent("one", 5)], 35.001)).toMatchObject({
    lost: ["one"],
    spawn: ["tester"],
    events: [{ type: "agent.lost", agentId: "one", agentType: "tester" }],
  });
});

test("AH-9: its steps are given to others under new keys, and the agent that comes back late has no say in them", () => {
  const held = [
    { key: "run/verify/1", agent: "one", losses: [] },
    { key: "run/review/1", agent: "two", losses: [] },
  ];
  const losses = look([agent("one", 0), agent("two", 30)], 31, held);
  expect(losses.again).toEqual([{ key: "run/verify/1", losses: ["one"] }]);
  const after = [{ key: "run/verify/2", agent: "two", losses: ["one"] }, ...held.slice(1)];
  expect(isCurrent({ key: "run/verify/1", agent: "one" }, after)).toBe(false);
  expect(isCurrent({ key: "run/verify/2", agent: "one" }, after)).toBe(false);
  expect(isCurrent({ key: "run/verify/2", agent: "two" }, after)).toBe(true);
});

test("a step that three agents were lost with fails instead of taking a fourth along", () => {
  const held = [{ key: "run/verify/3", agent: "three", losses: ["one", "two"] }];
  const losses = look([agent("three", 0)], 31, held);
  expect(losses).toMatchObject({ again: [], failed: ["run/verify/3"] });
});

test("an agent that was leaving anyway is not replaced, and one that is lost already is not lost again", () => {
  const agents = [agent("leaving", 0, { state: "draining" }), agent("gone", 0, { state: "lost" })];
  expect(look(agents, 31)).toMatchObject({ lost: ["leaving"], spawn: [], watch: { unreplaced: {} } });
});

test("nobody is called lost because the watch itself was away or the clock jumped", () => {
  const agents = [agent("one", 0)];
  const stopped = lookForLosses(beginWatch(start), { agents, held: [] }, { now: at(3_600) });
  expect(stopped.lost).toEqual([]);
  // From then on it has a whole lease.
  let { watch } = stopped;
  const lostAt: number[] = [];
  for (let seconds = 3_601; seconds <= 3_640; seconds++) {
    const losses = lookForLosses(watch, { agents, held: [] }, { now: at(seconds) });
    watch = losses.watch;
    if (losses.lost.length > 0) lostAt.push(seconds);
  }
  expect(lostAt[0]).toBe(3_631);
  const back = lookForLosses({ ...watching(100), since: start }, { agents, held: [] }, { now: at(50) });
  expect(back.lost).toEqual([]);
});

test("AH-9: who registers with the type of a lost agent takes its place, once", () => {
  const { watch } = look([agent("one", 0), agent("two", 0)], 31);
  const first = replaceLost(watch, { id: "two", type: "tester" });
  expect(first.events).toEqual([{ type: "agent.replaced", agentId: "two", agentType: "tester" }]);
  expect(replaceLost(first.watch, { id: "new", type: "developer" }).events).toEqual([]);
  const second = replaceLost(first.watch, { id: "new", type: "tester" });
  expect(second.events).toEqual([{ type: "agent.replaced", agentId: "one", agentType: "tester" }]);
  expect(replaceLost(second.watch, { id: "newer", type: "tester" }).events).toEqual([]);
});

test("whatever the heartbeats: who keeps sending them is never lost, who stops is lost within a lease and one look, and every step of theirs is dealt with once", () => {
  const lives = fc.array(
    fc.record({ stopsAt: fc.nat({ max: 200 }), every: fc.integer({ min: 1, max: HEARTBEAT_SECONDS }) }),
    { minLength: 1, maxLength: 8 },
  );
  const holds = fc.property(lives, fc.integer({ min: 1, max: 9 }), (all, lookEvery) => {
    const lostAt = new Map<string, number>();
    const handled = new Map<string, number>();
    let watch = beginWatch(start);
    for (let now = lookEvery; now <= 260; now += lookEvery) {
      const agents = all.map(({ stopsAt, every }, i) => {
        const last = Math.floor(Math.min(now, stopsAt) / every) * every;
        return agent(`${i}`, last, lostAt.has(`${i}`) ? { state: "lost" } : {});
      });
      const held = agents.map(({ id }) => ({ key: `run/step-${id}/1`, agent: id, losses: [] }));
      const losses = lookForLosses(watch, { agents, held }, { now: at(now) });
      watch = losses.watch;
      for (const id of losses.lost) lostAt.set(id, now);
      for (const { key } of losses.again) handled.set(key, (handled.get(key) ?? 0) + 1);
    }
    for (const [i, { stopsAt, every }] of all.entries()) {
      const last = Math.floor(stopsAt / every) * every;
      expect(lostAt.get(`${i}`)).toBeGreaterThan(last + LEASE_SECONDS);
      expect(lostAt.get(`${i}`)).toBeLessThanOrEqual(last + LEASE_SECONDS + lookEvery);
      expect(handled.get(`run/step-${i}/1`)).toBe(1);
    }
  });
  fc.assert(holds, { numRuns: howMany(200, 5_000) });
});
