import { afterAll, beforeAll, expect, test } from "vitest";
import { type Clock, wallClock } from "../clock.ts";
import type { Store } from "../store/database.ts";
import { temporaryStore } from "../store/temporary-store.ts";
import { openLimits } from "./limits.ts";

let store: Store;
beforeAll(async () => {
  store = await temporaryStore();
});
afterAll(() => store.close());

test("processes share a limit to the last request, however many ask at once", async () => {
  const processes = await Promise.all([1, 2, 3].map(() => openLimits(store.url, wallClock)));
  const takes = processes.map((limits) => limits.limit("shared", { points: 1_000, seconds: 300 }));
  const taken = await Promise.all(Array.from({ length: 3_000 }, (_, index) => takes[index % 3]?.("ada")));
  expect(taken.filter((allowance) => allowance?.allowed)).toHaveLength(1_000);
  await Promise.all(processes.map((limits) => limits.close()));
});

test("a limit is free again when its window has ended, and says when that is", async () => {
  let now = Date.now();
  const clock: Clock = { now: () => now, sleep: async () => {} };
  const limits = await openLimits(store.url, clock);
  const take = limits.limit("window", { points: 2, seconds: 1 });
  expect([(await take("a")).allowed, (await take("a")).allowed]).toEqual([true, true]);
  expect(await take("a")).toMatchObject({ allowed: false, remaining: 0, resetSeconds: 1 });
  await new Promise((resolve) => setTimeout(resolve, 1_050));
  now = Date.now();
  expect((await take("a")).allowed).toBe(true);
  await limits.close();
});

test("while the store is away each process counts for itself, and nobody waits (CC-13)", async () => {
  const own = await temporaryStore();
  const limits = await openLimits(own.url, wallClock);
  const take = limits.limit("away", { points: 3, seconds: 300 });
  await own.close();
  const start = performance.now();
  const taken = [];
  for (let count = 0; count < 5; count += 1) taken.push(await take("ada"));
  expect(taken.map(({ allowed }) => allowed)).toEqual([true, true, true, false, false]);
  expect(performance.now() - start).toBeLessThan(10_000);
  await limits.close();
});
