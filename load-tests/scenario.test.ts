import { expect, test } from "vitest";
import type { LoadProfile } from "../model/model.ts";
import { plannedIterations, scenarioOf } from "./scenario.ts";

type Arrivals = LoadProfile["arrivals"];

test.each([
  ["20/s", 20, 20, "1s"],
  ["0.5/s", 0.5, 30, "1m"],
  ["57/h", 57 / 3600, 57, "1h"],
  ["1/h", 1 / 3600, 1, "1h"],
  ["0.1/h", 0.1 / 3600, 100, "1000h"],
  ["0.333/s, which no smaller unit makes whole", 0.333, 1_198_800, "1000h"],
])("%s is a whole number of iterations in a unit of time", (_text, perSecond, rate, timeUnit) => {
  const scenario = scenarioOf({ kind: "constant", perSecond, seconds: 60, maxUsers: 7 });
  expect(scenario).toEqual({
    executor: "constant-arrival-rate",
    rate,
    timeUnit,
    duration: "60s",
    preAllocatedVUs: 7,
    maxVUs: 7,
  });
});

test("all rates of a ramp share one unit of time", () => {
  const arrivals: Arrivals = {
    kind: "ramping",
    fromPerSecond: 0.5,
    stages: [
      { perSecond: 10, seconds: 60 },
      { perSecond: 10, seconds: 0.5 },
    ],
    maxUsers: 40,
  };
  expect(scenarioOf(arrivals)).toEqual({
    executor: "ramping-arrival-rate",
    startRate: 30,
    timeUnit: "1m",
    stages: [
      { target: 600, duration: "60s" },
      { target: 600, duration: "0.5s" },
    ],
    preAllocatedVUs: 40,
    maxVUs: 40,
  });
});

test("the iterations planned are the area under the rate", () => {
  expect(plannedIterations({ kind: "constant", perSecond: 5, seconds: 30, maxUsers: 1 })).toBe(150);
  const stages = [
    { perSecond: 10, seconds: 60 },
    { perSecond: 10, seconds: 2 },
    { perSecond: 0, seconds: 4 },
  ];
  expect(plannedIterations({ kind: "ramping", fromPerSecond: 0, stages, maxUsers: 1 })).toBe(300 + 20 + 20);
});
