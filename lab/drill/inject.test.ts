// What an injection does with a lab that answers late, or not at all; the lab is made up.
import { expect, test } from "vitest";
import type { Told } from "../told.ts";
import type { Fault } from "./fault.ts";
import type { Field } from "./field.ts";
import { injectFault } from "./inject.ts";
import type { Watch } from "./watch.ts";

const field = { replicas: () => [1] } as Field;
const late = async () => {
  throw new Error("answered too late");
};

/** A fault that nobody must hear of, and how often it was ended. */
function faultOf(more: Partial<Fault> = {}) {
  const counted = { healed: 0 };
  const fault: Fault = {
    ...{ name: "f", title: "F", platform: "weathervane", replicas: 1, needsPerson: false },
    ...{ fires: [{ alert: "A" }], mayFire: [], byItself: "waits", healthyAgain: "at once" },
    ...{ inject: async () => undefined, isHealthy: async () => true, ...more },
    async heal(on) {
      counted.healed++;
      await more.heal?.(on);
    },
  };
  return { fault, counted };
}

function watchOf(more: Partial<Watch> = {}): Watch {
  const told = (isResolved: boolean): Told => ({ alertname: "A", to: "slack", at: Date.now(), isResolved });
  return {
    ...{ firing: () => [], firedAt: () => Date.now(), begun: () => [], fired: () => [] },
    ...{ looks: () => ({ made: 10, answered: 10 }), stop: async () => undefined },
    ...{ told: async () => [told(false), told(true)], ...more },
  };
}

const around = (watch: Watch, more: { signal?: AbortSignal; since?: number; allowed?: string[] } = {}) => ({
  ...{ watch, signal: new AbortController().signal, since: 0, allowed: [] as string[], ...more },
});

test("a fault that cannot be done is ended, and its reason told", async () => {
  const { fault, counted } = faultOf({ inject: late });
  const done = await injectFault(fault, field, around(watchOf()));
  expect(counted.healed).toBe(1);
  expect(done).toMatchObject({
    verdict: "failed",
    why: ["it could not be done: answered too late"],
    recoveredAfter: expect.any(Number),
  });
});

test("an end that fails is tried again", async () => {
  let tries = 0;
  const { fault, counted } = faultOf({ heal: () => (++tries < 3 ? late() : Promise.resolve()) });
  const done = await injectFault(fault, field, around(watchOf()));
  expect(done).toMatchObject({ verdict: "passed", why: [] });
  expect(counted.healed).toBe(3);
});

test("an answer that is late is asked for again, of the receivers and of the service", async () => {
  const answers = watchOf();
  let asked = 0;
  const watch = watchOf({ told: () => (asked++ % 2 === 0 ? late() : answers.told(0)) });
  let looked = 0;
  const { fault } = faultOf({ isHealthy: () => (looked++ === 0 ? late() : Promise.resolve(true)) });
  expect(await injectFault(fault, field, around(watch))).toMatchObject({ verdict: "passed", why: [] });
  expect([asked, looked]).toEqual([4, 2]);
});

test("interrupted, it ends the fault and waits for nothing more", async () => {
  const interrupted = new AbortController();
  const { fault, counted } = faultOf({
    inject: async () => interrupted.abort(),
    isHealthy: async () => false,
  });
  const watch = watchOf({ told: async () => [] });
  const done = await injectFault(fault, field, around(watch, { signal: interrupted.signal }));
  expect(counted.healed).toBe(1);
  expect(done.verdict).toBe("left out");
  expect(done.why[0]).toContain("interrupted");
});

test("nobody was looking: an injection that monitoring did not answer during fails", async () => {
  const watch = watchOf({ looks: () => ({ made: 100, answered: 89 }) });
  const { fault } = faultOf();
  expect((await injectFault(fault, field, around(watch))).why).toEqual([
    "Prometheus answered 89 of 100 questions",
  ]);
});

test("what began since the end of the one before is a false alarm, unless either of them may bring it about", async () => {
  const windows: number[] = [];
  const watch = watchOf({
    begun(since) {
      windows.push(since);
      return ["A", "Late", "May", "Strange"];
    },
  });
  const { fault } = faultOf({ mayFire: ["May"] });
  const done = await injectFault(fault, field, around(watch, { since: 123, allowed: ["Late"] }));
  expect(windows).toEqual([123]);
  expect(done).toMatchObject({ verdict: "failed", falseAlarms: ["Strange"] });
});
