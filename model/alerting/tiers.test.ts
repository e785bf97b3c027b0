import { expect, test } from "vitest";
import { canFire, nominalSeconds, secondsToFire, tiersOf } from "./tiers.ts";

const DAY = 86_400;
const factors = (budget: number, days: number) => tiersOf(budget, days * DAY).map((t) => t.factor);

test.each([
  [30, [14.4, 6, 3, 1]],
  [28, [13.44, 5.6, 2.8, 0.933333333333]],
  [90, [21.6, 9, 4.5, 1]],
  [7, [13.44, 3.5, 1.4, 0.98]],
])("a period of %i days has the factors %j", (days, expected) => {
  expect(factors(0.001, days)).toEqual(expected);
});

test("thresholds are written as decimals, never with the noise of binary fractions", () => {
  expect(tiersOf(0.001, 30 * DAY).map((t) => t.threshold)).toEqual([0.0144, 0.006, 0.003, 0.001]);
  expect(tiersOf(0.0001, 28 * DAY).map((t) => String(t.threshold))).toEqual([
    "0.001344",
    "0.00056",
    "0.00028",
    "0.0000933333333333",
  ]);
});

test("a tier that would wait for more than 100% errors can never fire", () => {
  expect(tiersOf(0.2, 30 * DAY).map(canFire)).toEqual([false, false, true, true]);
  expect(tiersOf(1 - 0.9306, 30 * DAY).map(canFire)).toEqual([true, true, true, true]);
  expect(tiersOf(1 - 0.9305, 30 * DAY).map(canFire)).toEqual([false, true, true, true]);
});

test("whatever the period and the objective, the slowest tier can fire", () => {
  for (const period of ["7d", "28d", "30d", "90d", "calendar-month", "calendar-quarter"]) {
    expect(tiersOf(0.999, nominalSeconds(period)).filter(canFire).at(-1)?.name, period).toBe("ticket-slow");
  }
});

test("a calendar period is reckoned with its nominal length", () => {
  expect(nominalSeconds("calendar-month")).toBe(30 * DAY);
  expect(nominalSeconds("calendar-quarter")).toBe(90 * DAY);
});

test.each([
  [1, 51.84],
  [0.1, 518.4],
  [0.01, undefined],
])("at an error ratio of %d the quick page of 99.9%% fires after %s seconds", (ratio, seconds) => {
  const [quick] = tiersOf(0.001, 30 * DAY);
  expect(quick && secondsToFire(quick, ratio)).toBe(seconds);
});
