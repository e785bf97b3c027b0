import { expect, test } from "vitest";
import type { Fault } from "./fault.ts";
import { faults } from "./faults/index.ts";
import { planOf } from "./plan.ts";

const names = (plan: readonly Fault[]) => plan.map(({ name }) => name);
const of = (platform: string) => faults.filter((fault) => fault.platform === platform);

test("a drill does every fault of the platform, and those again whose alerts come and go; what outlasts itself comes last", () => {
  const all = of("weathervane");
  const plan = names(planOf(all, 4));
  expect([...new Set(plan)].sort()).toEqual(names(all).sort());
  const count = (name: string) => plan.filter((one) => one === name).length;
  expect([
    count("database-down"),
    count("token-expiry"),
    count("provider-down"),
    count("quorum-lost"),
  ]).toEqual([4, 1, 1, 1]);
  const stays = (name: string) =>
    all.find((one) => one.name === name)?.fires.some((one) => one.stays) ?? false;
  const firstThatStays = plan.findIndex(stays);
  expect(plan.slice(firstThatStays).every(stays)).toBe(true);
  // What the report is asked for: at least 30 injections that somebody is told of.
  const told = planOf(all, 4).filter(({ fires }) => fires.length > 0);
  expect(told.length).toBeGreaterThanOrEqual(30);
});

test("each fault has a name of its own, and says what must and may fire, what the system does and when it is well", () => {
  expect(new Set(names(faults)).size).toBe(faults.length);
  for (const { name, fires, mayFire, byItself, healthyAgain } of faults) {
    const must = fires.map(({ alert }) => alert);
    expect(
      mayFire.filter((alert) => must.includes(alert)),
      name,
    ).toEqual([]);
    expect(
      [byItself, healthyAgain].every((text) => text.length > 10),
      name,
    ).toBe(true);
  }
});
