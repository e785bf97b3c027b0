import { expect, test } from "vitest";
import { exitCodeOf } from "./lab-drill.ts";

const figures = {
  ...{ injections: 2, passed: 2, notifiedAfterP95: 1, resolvedAfterMax: 1 },
  ...{ healedWithoutPerson: 1, falseAlarms: 0 },
};
const looks = { made: 100, answered: 100 };
const none = { minutes: 0, alerts: [], looks, traffic: { asked: 0, accepted: 0 } };
const quiet = { minutes: 1, alerts: [], looks, traffic: { asked: 100, accepted: 100 } };

test("a drill in which nothing was done says nothing: exit code 3", () => {
  expect(exitCodeOf({ quiet: none, figures: { ...figures, injections: 0, passed: 0 } })).toBe(3);
});

test("a drill is done well when all faults were as they say and the quiet time was quiet", () => {
  expect(exitCodeOf({ quiet: none, figures })).toBe(0);
  expect(exitCodeOf({ quiet, figures })).toBe(0);
  expect(exitCodeOf({ quiet: none, figures: { ...figures, passed: 1 } })).toBe(1);
  expect(exitCodeOf({ quiet: { ...quiet, alerts: ["A"] }, figures })).toBe(1);
  expect(exitCodeOf({ quiet: { ...quiet, looks: { made: 100, answered: 0 } }, figures })).toBe(1);
});
