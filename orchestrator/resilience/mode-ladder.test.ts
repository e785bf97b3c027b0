import fc from "fast-check";
import { expect, test } from "vitest";
import { handClock } from "../../tests/hand-clock.ts";
import { howMany } from "../../tests/how-many.ts";
import { ownPlatform } from "../../tests/project-model.ts";
import type { DomainEvent } from "../domain/event.ts";
import { ModeLadder } from "./mode-ladder.ts";
import { afterSignals, ModeRefused, type ModeState, usualMode } from "./mode-state.ts";
import { restrictionsOf } from "./restrictions.ts";
import { ownStates } from "./state-store.ts";

const modes = [...(await ownPlatform("weathervane")).modes, ...(await ownPlatform("agenthive")).modes];
const HOUR = 3_600_000;
const MINUTE = 60_000;

function ladderOf(ladder: string, subject?: string) {
  const clock = handClock();
  const events: DomainEvent[] = [];
  const context = {
    clock,
    store: ownStates<ModeState>(),
    record: (event: DomainEvent) => void events.push(event),
    ...(subject !== undefined && { subject }),
  };
  const own = modes.filter((mode) => mode.ladder === ladder);
  return { clock, events, own, one: new ModeLadder(own, context) };
}

test.each([
  ["normal", { accepts: true, starts: true, running: "goes-on" }],
  ["minimal", { accepts: true, starts: true, running: "goes-on", stages: ["spec", "implement", "verify"] }],
  ["read-only", { accepts: false, starts: false, running: "goes-on" }],
  ["emergency-stop", { accepts: false, starts: false, running: "pauses" }],
])("WV-12: mode %s works as the requirement says", async (name, expected) => {
  const { one, events } = ladderOf("degradation");
  const mode = await one.set({ to: name, by: "ada", because: "drill" });
  expect(restrictionsOf([mode], [])).toMatchObject(expected);
  expect("stages" in restrictionsOf([mode], [])).toBe("stages" in expected);
  const change = { type: "mode.changed", ladder: "degradation", from: "normal", by: "ada", because: "drill" };
  expect(events).toEqual(name === "normal" ? [] : [{ ...change, to: name }]);
});

test("WV-12: a cascade stops everything at once, and only a person ends that, once there is none", async () => {
  const { one, clock } = ladderOf("degradation");
  expect((await one.measure({ "cascading-failures": 1 })).name).toBe("emergency-stop");
  await expect(one.set({ to: "normal", by: "ada", because: "mended" })).rejects.toThrow(ModeRefused);
  await one.measure({ "cascading-failures": 0 });
  await clock.pass(24 * HOUR);
  expect((await one.measure({ "cascading-failures": 0 })).name).toBe("emergency-stop");
  expect((await one.set({ to: "normal", by: "ada", because: "mended" })).name).toBe("normal");
});

test("WV-15: with no provider left the autopilot pauses new tasks, and goes on by itself after five calm minutes", async () => {
  const { one, clock } = ladderOf("degradation");
  expect((await one.measure({ "model-providers-down": 0.5 })).name).toBe("normal");
  expect((await one.measure({ "model-providers-down": 1 })).name).toBe("read-only");
  await one.measure({ "model-providers-down": 0 });
  await clock.pass(5 * MINUTE - 1);
  expect((await one.measure({ "model-providers-down": 0 })).name).toBe("read-only");
  await clock.pass(1);
  // Not minimal: nobody has switched stages off (WV-12).
  expect((await one.measure({ "model-providers-down": 0 })).name).toBe("normal");
});

test("WV-12: what a person set is not left by itself, and is come back to after worse", async () => {
  const { one, clock } = ladderOf("degradation");
  await one.set({ to: "minimal", by: "ada", because: "tokens are short" });
  await clock.pass(HOUR);
  expect((await one.measure({})).name).toBe("minimal");
  expect((await one.measure({ "model-providers-down": 1 })).name).toBe("read-only");
  await one.measure({});
  for (let i = 0; i < 3; i++) {
    await clock.pass(5 * MINUTE);
    expect((await one.measure({})).name).toBe("minimal");
  }
});

test("AH-4: a session is conservative from 16 hours on, not a second earlier, and a person cannot undo its age", async () => {
  const { one, events } = ladderOf("session", "s-1");
  expect((await one.measure({ "session-age": 16 * 3600 - 1, fatigue: 0.9 })).name).toBe("fresh");
  const mode = await one.measure({ "session-age": 16 * 3600, fatigue: 0.2 });
  expect(mode.name).toBe("conservative");
  expect(restrictionsOf([mode], [])).toMatchObject({
    accepts: false,
    everyChangeReviewed: true,
    stepsAtMost: 3,
  });
  await expect(one.set({ to: "fresh", by: "ada", because: "please" })).rejects.toThrow(/session-age asks/);
  expect(events).toMatchObject([
    { type: "mode.changed", subject: "s-1", to: "conservative", because: "session-age" },
  ]);
});

test("AH-4: fatigue above 0.9 makes a session conservative before its time", async () => {
  const { one } = ladderOf("session", "s-2");
  expect((await one.measure({ "session-age": 60, fatigue: 0.9001 })).name).toBe("conservative");
});

test.each([
  [0, { resources: 0.79, failures: 0.09, fatigue: 0.79, budget: 0.79 }],
  [1, { resources: 0.8 }],
  [1, { failures: 0.1 }],
  [2, { resources: 0.9 }],
  [2, { budget: 0.95 }],
  [3, { resources: 1 }],
  [3, { failures: 0.5, fatigue: 0.85 }],
  [4, { "rollback-failed": 1 }],
  [5, { security: 1, resources: 0.8 }],
])("AH-6: level %i is what its signals ask for", async (rank, signals) => {
  const { one } = ladderOf("emergency");
  expect((await one.measure(signals)).rank).toBe(rank);
});

test("AH-6: at level 5 agents are ended, keys locked, and a person is requested", async () => {
  const { one, events } = ladderOf("emergency");
  const mode = await one.measure({ security: 1 });
  expect(restrictionsOf([mode], [])).toMatchObject({
    accepts: false,
    starts: false,
    running: "ends",
    agentsRatio: 0,
    keysLocked: true,
  });
  expect(events).toEqual([
    { type: "emergency.changed", from: 0, to: 5, by: "system", because: "security" },
    { type: "person.requested", because: "security" },
  ]);
});

test("AH-6: levels 1 and 2 are left one at a time, each after five calm minutes; 3 and more by a person only", async () => {
  const { one, clock } = ladderOf("emergency");
  const calm = async () => (await one.measure({ resources: 0.1 })).rank;
  await one.measure({ resources: 0.9 });
  expect(await calm()).toBe(2);
  await clock.pass(5 * MINUTE);
  expect(await calm()).toBe(1);
  await clock.pass(5 * MINUTE - 1);
  expect(await calm()).toBe(1);
  await clock.pass(1);
  expect(await calm()).toBe(0);
  await one.measure({ resources: 1 });
  await clock.pass(HOUR);
  expect(await calm()).toBe(3);
});

test("whatever is measured, a ladder goes up as far as it must and down by one step at most", () => {
  const own = modes.filter(({ ladder }) => ladder === "emergency");
  const signals = fc.record({
    resources: fc.double({ min: 0, max: 1.2, noNaN: true }),
    failures: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  const story = fc.array(fc.tuple(signals, fc.integer({ min: 0, max: 10 * MINUTE })), { maxLength: 60 });
  const rank = (state: ModeState) => own.find(({ name }) => name === state.mode)?.rank ?? -1;
  fc.assert(
    fc.property(story, (steps) => {
      let now = 0;
      let state = usualMode(own, now);
      for (const [measured, wait] of steps) {
        now += wait;
        const after = afterSignals(own, state, { signals: measured, now });
        const asked = measured.resources >= 1 || measured.failures >= 0.5 ? 3 : 0;
        expect(rank(after)).toBeGreaterThanOrEqual(asked);
        expect(rank(after)).toBeGreaterThanOrEqual(rank(state) - 1);
        if (rank(after) < rank(state)) expect(rank(state)).toBeLessThan(3);
        state = after;
      }
    }),
    { numRuns: howMany(200, 10_000) },
  );
});

test("breakers and modes together restrict as much as the strictest of them", () => {
  const named = (name: string) => modes.filter((mode) => mode.name === name);
  const open = [
    { name: "model-provider", actions: [{ do: "use-back-up" as const, backUp: "openai" }] },
    { name: "quality-gate", actions: [{ do: "lower-threshold" as const, byRatio: 0.2 }] },
    { name: "file-io", actions: [{ do: "pause-artifacts" as const }] },
    { name: "mcp-server", actions: [{ do: "pause-tasks" as const }] },
  ];
  expect(restrictionsOf([...named("minimal"), ...named("level-two")], open)).toMatchObject({
    accepts: true,
    starts: false,
    running: "pauses",
    stages: ["spec", "implement", "verify"],
    agentsRatio: 0.5,
    artifacts: false,
    thresholdLoweredBy: 0.2,
    backUps: { "model-provider": "openai" },
  });
  expect(restrictionsOf([], [{ name: "task-failures", actions: [{ do: "pause-starts" }] }])).toMatchObject({
    accepts: true,
    starts: false,
    running: "goes-on",
  });
});
