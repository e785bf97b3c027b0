import { expect, test } from "vitest";
import { handClock } from "../../tests/hand-clock.ts";
import { ownPlatform } from "../../tests/project-model.ts";
import { scaledClock } from "../clock.ts";
import { type Assignment, Postponed, type WorkResult } from "../domain/agent.ts";
import { scriptedWorker } from "../engine/scripted-worker.ts";
import { serviceOfTest } from "../service-of-test.ts";
import { storeSteps } from "../store/temporary-store.ts";
import type { Circuit } from "./circuit.ts";
import { executorBreaker, guardedWorker } from "./guarded-worker.ts";
import { LiveBreaker } from "./live-breaker.ts";
import { ownStates } from "./state-store.ts";

const [executor] = (await ownPlatform("commandcenter")).breakers.filter(
  ({ name }) => name === executorBreaker,
);
const assignment = {} as Assignment;
const result: WorkResult = { output: "done", tokens: 0, costUsd: 0, evidenceBytes: 0 };
const never = new AbortController().signal;

function guarded() {
  if (!executor) throw new Error("the catalog has no such breaker");
  const clock = handClock();
  const breaker = new LiveBreaker(executor, { clock, record: () => undefined, store: ownStates<Circuit>() });
  const calls: ((how: WorkResult | Error) => void)[] = [];
  const worker = guardedWorker(
    () =>
      new Promise((done, failed) => calls.push((how) => (how instanceof Error ? failed(how) : done(how)))),
    { breaker, clock },
  );
  /** Does a step that ends so; gives its error's name, or how it ended. */
  const does = async (how: WorkResult | Error, signal = never) => {
    const done = worker(assignment, signal).then(
      () => "done",
      (error: Error) => error.name,
    );
    for (let i = 0; i < 20 && calls.length === 0; i++) await Promise.resolve();
    calls.shift()?.(how);
    return done;
  };
  const state = async () => (await breaker.state()).state;
  return { clock, worker, calls, does, state };
}
const named = (name: string) => Object.assign(new Error("of a test"), { name });

test("CC-14: after five failures in a row steps are postponed, then one at a time is tried, after 30 s, 1 min and 2 min", async () => {
  const { clock, does, state } = guarded();
  for (let i = 0; i < 5; i++) expect(await does(named("Error"))).toBe("Error");
  expect(await does(result)).toBe("Postponed");
  for (const wait of [30_000, 60_000, 120_000]) {
    await clock.pass(wait - 1);
    expect(await does(result)).toBe("Postponed");
    await clock.pass(1);
    expect(await does(named("Error"))).toBe("Error");
    expect(await does(result)).toBe("Postponed");
  }
  await clock.pass(120_000);
  expect(await does(result)).toBe("done");
  expect(await state()).toBe("closed");
  expect(await does(result)).toBe("done");
});

test("CC-14: who is postponed while another is the trial goes on as soon as that has succeeded", async () => {
  const { clock, worker, calls, does } = guarded();
  for (let i = 0; i < 5; i++) await does(named("Error"));
  await clock.pass(30_000);
  const trial = worker(assignment, never);
  await expect.poll(() => calls.length).toBe(1);
  const postponed = await worker(assignment, never).catch((error: unknown) => error);
  expect(postponed).toBeInstanceOf(Postponed);
  let mayGoOn = false;
  const until = (postponed as Postponed).until(never).then(() => {
    mayGoOn = true;
  });
  await clock.pass(2_000);
  expect(mayGoOn).toBe(false);
  calls[0]?.(result);
  await trial;
  await clock.pass(1_000);
  await until;
  expect(mayGoOn).toBe(true);
});

test("CC-14: a step that was out of time is a failure; one that was cancelled, or has to wait, says nothing", async () => {
  const { does, state } = guarded();
  const [late, cancelled] = [new AbortController(), new AbortController()];
  late.abort(named("TaskTimeout"));
  cancelled.abort("cancelled");
  for (let i = 0; i < 9; i++) {
    await does(named("AbortError"), cancelled.signal);
    await does(new Postponed("it is away", async () => undefined));
  }
  for (let i = 0; i < 4; i++) await does(named("AbortError"), late.signal);
  expect(await state()).toBe("closed");
  await does(named("AbortError"), late.signal);
  expect(await state()).toBe("open");
});

test("CC-14: in the service runs are paused while the executor fails, and go on when a trial has succeeded", async () => {
  let work = Promise.resolve();
  const clock = scaledClock(30);
  const it = await serviceOfTest({
    ...{ platform: "commandcenter", clock, worker: scriptedWorker({ clock, log: () => work }) },
  });
  await storeSteps(it.store, "failing", { a: { input: { script: { failures: 9 } }, attempts: 5 } });
  const fine = { input: { script: { output: "done" } }, timeoutSeconds: 86_400 };
  await storeSteps(it.store, "fine", { a: fine });
  expect(await it.until((await it.accept("failing")).id)).toMatchObject({ state: "failed" });
  // The trial ends once another step had to wait.
  let goOn = () => {};
  work = new Promise((done) => {
    goOn = done;
  });
  const runs = await Promise.all([1, 2, 3].map(() => it.accept("fine")));
  await it.untilEvents("step.finished", (events) => events.some(({ outcome }) => outcome === "postponed"));
  goOn();
  const ended = await Promise.all(runs.map(({ id }) => it.until(id)));
  expect(ended.map(({ state, steps }) => `${state} ${steps[0]?.attempt}`)).toEqual(
    runs.map(() => "succeeded 1"),
  );
  const changes = await it.untilEvents("breaker.changed", (events) => events.length === 3);
  expect(changes.map(({ breaker, state }) => `${breaker} ${state}`)).toEqual(
    ["open", "half-open", "closed"].map((state) => `agent-executor ${state}`),
  );
});
