import { expect, test } from "vitest";
import { handClock } from "../../tests/hand-clock.ts";
import { ownPlatform } from "../../tests/project-model.ts";
import { scaledClock } from "../clock.ts";
import type { DomainEvent } from "../domain/event.ts";
import type { Circuit } from "./circuit.ts";
import type { ModeState } from "./mode-state.ts";
import { Resilience } from "./resilience.ts";
import { ownStates } from "./state-store.ts";

const weathervane = await ownPlatform("weathervane");
const agenthive = await ownPlatform("agenthive");
const commandcenter = await ownPlatform("commandcenter");

function replicasOf(platform: typeof weathervane, clock = handClock()) {
  const events: DomainEvent[] = [];
  const stores = { breakers: ownStates<Circuit>(), modes: ownStates<ModeState>() };
  const replica = () =>
    new Resilience({ platform, clock, stores, record: (event) => void events.push(event) });
  return { events, clock, one: replica(), other: replica() };
}

test("while all is well nothing is restricted", async () => {
  const { one } = replicasOf(weathervane);
  expect(one.restrictions()).toEqual({
    accepts: true,
    starts: true,
    running: "goes-on",
    agentsRatio: 1,
    everyChangeReviewed: false,
    keysLocked: false,
    artifacts: true,
    thresholdLoweredBy: 0,
    backUps: {},
    perSecond: {},
  });
});

test("WV-10: what one replica counts pauses the starts of all, and its opening is recorded once", async () => {
  const { one, other, events } = replicasOf(weathervane);
  for (let i = 0; i < 4; i++) await (i % 2 ? one : other).breakers.get("task-failures")?.report("failure");
  await other.refresh();
  expect(other.restrictions()).toMatchObject({ accepts: true, starts: false, running: "goes-on" });
  await one.refresh();
  expect(one.restrictions()).toMatchObject({ starts: false });
  expect(one.openBreakers()).toEqual(["task-failures"]);
  expect(events.filter(({ type }) => type === "breaker.changed")).toHaveLength(1);
});

test("CC-14: what a replica cannot reach is its own affair", async () => {
  const { one, other } = replicasOf(commandcenter);
  for (let i = 0; i < 5; i++) await one.breakers.get("agent-executor")?.report("failure");
  await other.refresh();
  expect(one.openBreakers()).toEqual(["agent-executor"]);
  expect(other.openBreakers()).toEqual([]);
});

test("AH-4, AH-6: a session has modes of its own beside the levels of the whole hive", async () => {
  const { one } = replicasOf(agenthive);
  await one.session("old")?.measure({ "session-age": 60_000 });
  expect(one.restrictions("old")).toMatchObject({ accepts: false, everyChangeReviewed: true });
  expect(one.restrictions("young")).toMatchObject({ accepts: true, everyChangeReviewed: false });
  await one.measure({ security: 1 });
  expect(one.restrictions("young")).toMatchObject({ running: "ends", keysLocked: true });
});

test("on a clock that runs 600 times as fast the autopilot recovers from failing tasks after five minutes, seen by nobody but the watch", async () => {
  const clock = scaledClock(600);
  const events: { state: string; at: number }[] = [];
  const stores = { breakers: ownStates<Circuit>(), modes: ownStates<ModeState>() };
  const one = new Resilience({
    platform: weathervane,
    clock,
    stores,
    record: (event) => "state" in event && events.push({ state: event.state, at: clock.now() }),
  });
  const stop = new AbortController();
  const watching = one.watch(stop.signal);
  const began = clock.now();
  for (let i = 0; i < 4; i++) await one.breakers.get("task-failures")?.report("failure");
  await expect.poll(() => events.map(({ state }) => state), { timeout: 10_000 }).toEqual(["open", "closed"]);
  const minutes = ((events[1]?.at ?? 0) - began) / 60_000;
  expect(minutes).toBeGreaterThanOrEqual(5);
  // The watch looks once a second of its clock, which is little more than a millisecond of ours.
  expect(minutes).toBeLessThan(8);
  stop.abort();
  await watching;
});
