import { expect, test } from "vitest";
import { ownPlatform } from "../../tests/project-model.ts";
import { limitOf, runLimitsOf, usualRuns } from "./platform-limits.ts";

test.each([
  ["weathervane", "concurrent-tasks"],
  ["commandcenter", "concurrent-runs"],
  ["production", "concurrent-workflows"],
])("WV-13, CC-9: as %s as many runs go on at once as its catalog says", async (name, limit) => {
  const platform = await ownPlatform(name);
  expect(runLimitsOf(platform).runs).toBe(limitOf(platform, limit)?.atMost);
  const limits = platform.limits.map((one) => (one.name === limit ? { ...one, atMost: 3 } : one));
  expect(runLimitsOf({ limits }).runs).toBe(3);
});

test("NX-4: as many runs wait as the catalog says; where it says nothing, the usual limits hold", async () => {
  const { limits } = await ownPlatform("nexus");
  const fewer = limits.map((one) => (one.name === "queued-tasks" ? { ...one, atMost: 7 } : one));
  expect(runLimitsOf({ limits: fewer })).toEqual({ ...usualRuns, queuedRuns: 7 });
  expect(runLimitsOf({ limits: [] })).toEqual({ runs: 10, queuedRuns: 1_000 });
});
