import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { twoAtATime } from "./two-at-a-time.ts";

test("results come in the order of the items, and never more than two are worked on", async () => {
  let running = 0;
  let most = 0;
  const results = await twoAtATime([30, 1, 10, 5, 1], async (milliseconds) => {
    running += 1;
    most = Math.max(most, running);
    await wait(milliseconds);
    running -= 1;
    return milliseconds * 2;
  });
  expect(results).toEqual([60, 2, 20, 10, 2]);
  expect(most).toBe(2);
});

test("after a failure nothing new is started, and what runs is waited for", async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const all = twoAtATime([1, 2, 3, 4], async (item) => {
    begun.push(item);
    await wait(item === 1 ? 5 : 30);
    if (item === 1) throw new Error("first");
    ended.push(item);
  });
  await expect(all).rejects.toThrow("first");
  expect(begun).toEqual([1, 2]);
  expect(ended).toEqual([2]);
});
