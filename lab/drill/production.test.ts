import { expect, test } from "vitest";
import type { Platform } from "../../model/model.ts";
import { loadProject } from "../../model/project.ts";
import { rootFolder } from "../../tests/structure/source-files.ts";
import { faults } from "./faults/index.ts";
import { expectedInProduction } from "./production.ts";

const { model } = await loadProject(rootFolder);
const platform = (name: string) => model.platforms.find((one) => one.name === name) as Platform;

test("times in production are those of its pace: scrape, evaluation, waiting and collecting, after what must grow", () => {
  const names = ["DatabaseSilent", "TaskLimitHit", "AutopilotDbFailing"];
  const { environment, alerts, objectives } = expectedInProduction(platform("weathervane"), names);
  expect(environment).toBe("prod");
  const atMost = Object.fromEntries(alerts.map((one) => [one.alert, one.atMost]));
  expect(atMost).toEqual({
    // Direct and critical: scraped and evaluated every 5 s, told at once.
    DatabaseSilent: 10,
    // A warning: 15 s, 30 s, and 30 s in which those of its name are collected.
    TaskLimitHit: 75,
    // A tenth of five minutes, 15 s, 30 s, and two minutes that it waits.
    AutopilotDbFailing: 30 + 15 + 30 + 120,
  });
  const quick = objectives.find(({ alert }) => alert === "DashboardApiAvailabilityPageQuick");
  // 14.4 × 0.001 of an hour with every request failing; of a hundredth it never hears, since the threshold is 1.44 %.
  expect(quick?.all).toBeCloseTo(0.0144 * 3_600 + 45);
  expect(quick?.tenth).toBeCloseTo(0.144 * 3_600 + 45);
  expect(quick?.hundredth).toBeNull();
  const slow = objectives.find(({ alert }) => alert === "DashboardApiAvailabilityPageSlow");
  // 6 × 0.001 of six hours, which are recorded every two minutes.
  expect(slow?.all).toBeCloseTo(0.006 * 21_600 + 45 + 120);
});

test("every alert that a fault names is its platform's, and one that must fire has a time in production", () => {
  for (const { name, platform: of, fires, mayFire } of faults) {
    const { alerts } = platform(of);
    const known = alerts.map(({ alertname }) => alertname);
    const must = fires.map(({ alert }) => alert);
    expect(
      [...must, ...mayFire].filter((alert) => !known.includes(alert)),
      name,
    ).toEqual([]);
    const expected = expectedInProduction(platform(of), must).alerts.map(({ alert }) => alert);
    expect(expected.sort(), name).toEqual([...must].sort());
  }
});
