import { BrokenCircuitError } from "cockatiel";
import { expect, test } from "vitest";
import { handClock } from "../../tests/hand-clock.ts";
import { ownPlatform } from "../../tests/project-model.ts";
import type { DomainEvent } from "../domain/event.ts";
import type { Circuit } from "./circuit.ts";
import type { Outcome } from "./counted.ts";
import { LiveBreaker } from "./live-breaker.ts";
import { ownStates, type StateStore } from "./state-store.ts";

const weathervane = await ownPlatform("weathervane");
const commandcenter = await ownPlatform("commandcenter");
const MINUTE = 60_000;

function live(
  name: string,
  { platform = weathervane, store = ownStates<Circuit>(), clock = handClock() } = {},
) {
  const breaker = platform.breakers.find((one) => one.name === name);
  if (!breaker) throw new Error(`no breaker ${name}`);
  const events: DomainEvent[] = [];
  const context = { clock, store, record: (event: DomainEvent) => void events.push(event) };
  const one = new LiveBreaker(breaker, context);
  const state = async () => (await one.state()).state;
  const report = async (...outcomes: Outcome[]) => {
    for (const outcome of outcomes) await one.report(outcome);
  };
  return { one, clock, store, events, state, report, twin: () => new LiveBreaker(breaker, context) };
}
const times = (n: number, outcome: Outcome): Outcome[] => Array.from({ length: n }, () => outcome);
const fail = () => Promise.reject(new Error("down"));

test("WV-10: exactly half of the tasks failing keeps the breaker closed, more than half opens it", async () => {
  const { report, state, one, events } = live("task-failures");
  await report(...times(5, "success"), ...times(5, "failure"));
  expect(await state()).toBe("closed");
  await report("failure");
  expect(await state()).toBe("open");
  expect(one.actions).toEqual([{ do: "pause-starts" }]);
  expect(events).toEqual([
    { type: "breaker.changed", breaker: "task-failures", state: "open", because: "6 of 11 within 5 min" },
  ]);
});

test("WV-10: three failures of three are too few to tell, a fourth task that ends well or badly opens it", async () => {
  for (const fourth of ["success", "failure"] as const) {
    const { report, state } = live("task-failures");
    await report(...times(3, "failure"));
    expect(await state()).toBe("closed");
    await report(fourth);
    expect(await state()).toBe("open");
  }
});

test("WV-10: a failure counts for five minutes and no longer", async () => {
  for (const [wait, expected] of [
    [5 * MINUTE - 1, "open"],
    [5 * MINUTE, "closed"],
  ] as const) {
    const { report, state, clock } = live("task-failures");
    await report(...times(3, "failure"));
    await clock.pass(wait);
    await report("failure");
    expect(await state()).toBe(expected);
  }
});

test("WV-10: successes that grow old can make failures the greater part", async () => {
  const { report, state, clock } = live("task-failures");
  await report(...times(4, "success"));
  await clock.pass(MINUTE);
  await report(...times(4, "failure"));
  expect(await state()).toBe("closed");
  await clock.pass(4 * MINUTE);
  expect(await state()).toBe("open");
});

test("WV-10: after a cool-down of five minutes it closes by itself and counts anew", async () => {
  const { report, state, clock, events } = live("task-failures");
  await report(...times(4, "failure"));
  await clock.pass(5 * MINUTE - 1);
  await report(...times(10, "failure"));
  expect(await state()).toBe("open");
  await clock.pass(1);
  expect(await state()).toBe("closed");
  await report(...times(3, "failure"));
  expect(await state()).toBe("closed");
  expect(events.map((event) => "state" in event && event.state)).toEqual(["open", "closed"]);
});

test("WV-11: four failures of the model provider in a row leave it closed, a success begins anew, five open it", async () => {
  const { report, state, one } = live("model-provider");
  await report(...times(4, "failure"), "success", ...times(4, "timeout"));
  expect(await state()).toBe("closed");
  await report("failure");
  expect(await state()).toBe("open");
  expect(one.actions).toEqual([
    { do: "use-back-up", backUp: "openai" },
    { do: "throttle", perSecond: 1 },
  ]);
});

test("WV-11: the model provider is tried again after 1, 2, 4 and 8 minutes, then every 8, and begins at 1 after a success", async () => {
  const { one, clock, report, state } = live("model-provider");
  const waits = async () => {
    const admission = await one.admit();
    return admission.admitted ? 0 : admission.retryAfterSeconds / 60;
  };
  await report(...times(5, "failure"));
  for (const minutes of [1, 2, 4, 8, 8]) {
    expect(await waits()).toBe(minutes);
    await clock.pass(minutes * MINUTE - 1);
    await expect(one.execute(fail)).rejects.toThrow(BrokenCircuitError);
    await clock.pass(1);
    await expect(one.execute(fail)).rejects.toThrow("down");
    expect(await state()).toBe("open");
  }
  await clock.pass(8 * MINUTE);
  expect(await one.execute(async () => "up")).toBe("up");
  expect(await state()).toBe("closed");
  await report(...times(5, "failure"));
  expect(await waits()).toBe(1);
});

test("WV-11: of all replicas that ask, one makes the trial; the others are told to wait", async () => {
  const { one, clock, report, twin } = live("model-provider");
  await report(...times(5, "failure"));
  await clock.pass(MINUTE);
  const replicas = [one, twin(), twin(), twin()];
  const admissions = await Promise.all(replicas.map((replica) => replica.admit()));
  expect(admissions.filter(({ admitted }) => admitted)).toEqual([{ admitted: true, trial: true }]);
});

test("an outcome from before the trial neither closes nor opens what waits for its trial", async () => {
  const { one, clock, report, state } = live("model-provider");
  await report(...times(5, "failure"));
  await clock.pass(MINUTE);
  expect(await one.admit()).toEqual({ admitted: true, trial: true });
  await report("success", "failure");
  expect(await state()).toBe("half-open");
  await one.report("success", true);
  expect(await state()).toBe("closed");
});

test("a trial whose maker is lost can be made by another after the same wait", async () => {
  const { one, clock, report, twin } = live("model-provider");
  await report(...times(5, "failure"));
  await clock.pass(MINUTE);
  await one.admit();
  await clock.pass(MINUTE - 1);
  expect(await twin().admit()).toMatchObject({ admitted: false });
  await clock.pass(1);
  expect(await twin().admit()).toEqual({ admitted: true, trial: true });
});

test("WV-11: five of ten rejections leave the quality gate as it is, six open its breaker, also when an approval is the tenth", async () => {
  const { report, state } = live("quality-gate");
  await report(...times(5, "failure"), ...times(5, "success"));
  expect(await state()).toBe("closed");
  const other = live("quality-gate");
  await other.report(...times(6, "failure"), ...times(3, "success"));
  expect(await other.state()).toBe("closed");
  await other.report("success");
  expect(await other.state()).toBe("open");
  expect(other.one.actions).toEqual([{ do: "lower-threshold", byRatio: 0.2 }]);
});

test("WV-11: the quality gate is restored after 30 minutes without a break within bounds", async () => {
  const { report, state, clock } = live("quality-gate");
  await report(...times(10, "failure"));
  await report(...times(10, "success"));
  await clock.pass(29 * MINUTE);
  await report(...times(6, "failure"));
  await report(...times(6, "success"));
  await clock.pass(30 * MINUTE - 1);
  expect(await state()).toBe("open");
  await clock.pass(1);
  expect(await state()).toBe("closed");
});

test("WV-11: the disk opens above 90 % and closes below 75 %", async () => {
  const { one, state } = live("file-io");
  const states = [];
  for (const level of [0.9, 0.9001, 0.9, 0.75, 0.7499, 0.9, 0.95]) {
    await one.measure(level);
    states.push(await state());
  }
  expect(states).toEqual(["closed", "open", "open", "open", "closed", "closed", "open"]);
  expect(one.actions).toEqual([{ do: "pause-artifacts" }, { do: "compress-artifacts" }]);
});

test("WV-11: three time-outs of the MCP server within five minutes open it; other failures and older time-outs do not count", async () => {
  const { report, state, clock, one } = live("mcp-server");
  await report("timeout", "timeout", ...times(20, "failure"));
  await clock.pass(5 * MINUTE);
  await report("timeout", "timeout");
  expect(await state()).toBe("closed");
  await clock.pass(5 * MINUTE - 1);
  await report("timeout");
  expect(await state()).toBe("open");
  expect(one.actions).toEqual([{ do: "restart", service: "mcp-server" }, { do: "pause-tasks" }]);
});

test("CC-14: executor and NATS open at five failures in a row, the database pool at more than half within 10 s", async () => {
  for (const name of ["agent-executor", "nats"]) {
    const { report, state } = live(name, { platform: commandcenter });
    await report(...times(4, "failure"));
    expect(await state()).toBe("closed");
    await report("failure");
    expect(await state()).toBe("open");
  }
  const { report, state, clock } = live("database-pool", { platform: commandcenter });
  await report(...times(5, "failure"), ...times(5, "success"));
  expect(await state()).toBe("closed");
  await clock.pass(10_000);
  await report(...times(6, "failure"), ...times(4, "success"));
  expect(await state()).toBe("open");
});

test("AH-7: while agents cannot be started no start is begun, until one may be the trial; otherwise it would never close", async () => {
  const agenthive = await ownPlatform("agenthive");
  const { one, report, clock } = live("agent-spawn", { platform: agenthive });
  await report(...times(5, "failure"));
  expect(one.actions).toEqual([{ do: "pause-starts" }]);
  await clock.pass(30_000 - 1);
  expect(one.actions).toEqual([{ do: "pause-starts" }]);
  await clock.pass(1);
  expect(one.actions).toEqual([]);
  expect(await one.admit()).toEqual({ admitted: true, trial: true });
  expect(one.actions).toEqual([{ do: "pause-starts" }]);
  await one.report("failure", true);
  expect(one.actions).toEqual([{ do: "pause-starts" }]);
  await clock.pass(30_000);
  await one.execute(async () => undefined);
  expect([one.actions, one.isOpen()]).toEqual([[], false]);
});

test("a new process goes on from the state that was stored", async () => {
  const { report, clock, store, state } = live("model-provider");
  await report(...times(5, "failure"));
  expect(await state()).toBe("open");
  const after = live("model-provider", { store, clock });
  await clock.pass(MINUTE - 1);
  expect(await after.one.admit()).toMatchObject({ admitted: false });
  await clock.pass(1);
  expect(await after.one.admit()).toEqual({ admitted: true, trial: true });
});

test("a person closes and opens it by hand, once", async () => {
  const { one, state, events } = live("model-provider");
  await one.set("open", "ada");
  await one.set("open", "ada");
  expect(await state()).toBe("open");
  await one.set("closed", "ada");
  expect(await state()).toBe("closed");
  expect(events).toMatchObject([{ because: "set by ada" }, { because: "set by ada" }]);
});

test("while the store does not answer, it goes on by itself from what it saw last", async () => {
  const { report, state, clock, one } = live("model-provider", { store: brokenStore() });
  await report(...times(5, "failure"));
  expect(await state()).toBe("open");
  await clock.pass(MINUTE);
  expect(await one.execute(async () => "up")).toBe("up");
  expect(await state()).toBe("closed");
});

test("an error called TimeoutError counts as a time-out", async () => {
  const { one, state } = live("mcp-server");
  const late = () => Promise.reject(Object.assign(new Error("late"), { name: "TimeoutError" }));
  for (let i = 0; i < 3; i++) await expect(one.execute(late)).rejects.toThrow("late");
  expect(await state()).toBe("open");
});

test("what an error says of what is protected can be told: a refused request is no failure, a caller's giving up says nothing", async () => {
  const breaker = weathervane.breakers.find(({ name }) => name === "model-provider");
  if (!breaker) throw new Error("no such breaker");
  const context = { clock: handClock(), store: ownStates<Circuit>(), record: () => {} };
  const said = { "400": "success", aborted: undefined } as const;
  const outcomeOf = (error: unknown) =>
    error instanceof Error && error.message in said ? said[error.message as keyof typeof said] : "failure";
  const one = new LiveBreaker(breaker, { ...context, outcomeOf });
  const ends = async (...messages: string[]) => {
    for (const message of messages)
      await expect(one.execute(() => Promise.reject(new Error(message)))).rejects.toThrow(message);
  };
  await ends("500", "500", "500", "500", "400", "500", "500", "500", "500");
  expect(one.isOpen()).toBe(false);
  await ends("aborted", "500");
  expect(one.isOpen()).toBe(true);
});

function brokenStore(): StateStore<Circuit> {
  const down = () => Promise.reject(new Error("no database"));
  return { read: down, write: down };
}
