import { expect, test } from "vitest";
import type { Clock } from "../clock.ts";
import { outage } from "./outage.ts";

/** Time passes only where somebody waits. */
function waits(): Clock & { slept: number[] } {
  const slept: number[] = [];
  return { slept, now: () => 0, sleep: async (ms) => void slept.push(ms / 1_000) };
}
const never = new AbortController().signal;

test("what is away is asked after 1, 2, 4 … seconds, twice a minute at most, until it answers; who waits goes on then", async () => {
  const clock = waits();
  let left = 7;
  const away = outage({
    clock,
    probe: async () => (left-- > 0 ? Promise.reject(new Error("down")) : undefined),
  });
  expect([away.begin(), away.begin(), away.isOn()]).toEqual([true, false, true]);
  await away.postponed("down").until(never);
  expect(clock.slept).toEqual([1, 2, 4, 8, 16, 30, 30, 30]);
  expect(away.isOn()).toBe(false);
});

test("an outage after no task was served goes on where the last one was; after one was served it begins anew", async () => {
  const clock = waits();
  const away = outage({ clock, probe: async () => undefined });
  const once = async () => {
    away.begin();
    await away.postponed("down").until(never);
  };
  await once();
  await once();
  away.served();
  await once();
  expect(clock.slept).toEqual([1, 2, 1]);
});

test("stopped, it asks no more", async () => {
  let asked = 0;
  const away = outage({ clock: waits(), probe: async () => Promise.reject(new Error(String(asked++))) });
  away.begin();
  await away.stop();
  const before = asked;
  expect(away.begin()).toBe(false);
  expect(asked).toBe(before);
});
