import fc from "fast-check";
import { expect, test } from "vitest";
import { slopeOf } from "./slope.ts";

const hour = 3_600_000;
const course = (value: (hours: number) => number, seconds = 120) => ({
  name: "memory",
  unit: "B",
  points: Array.from({ length: seconds }, (_, second): [number, number] => [
    second * 1000,
    value((second * 1000) / hour),
  ]),
});

test("a straight line gives its slope exactly", () => {
  fc.assert(
    fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (perHour) => {
      const found = slopeOf(
        "memory",
        course((hours) => 1e8 + perHour * hours),
      );
      expect(found?.perHour).toBeCloseTo(perHour, 0);
    }),
  );
});

test("what grows beyond its noise grows, what only varies does not, and what varies widely is unclear (AH-1)", () => {
  const noise = (hours: number) => Math.sin(hours * 1e6) * 1e4;
  const verdict = (of: (hours: number) => number) => slopeOf("memory", course(of))?.verdict;
  expect(verdict((hours) => 1e8 + hours * 1e9 + noise(hours))).toBe("grows");
  expect(verdict((hours) => 1e8 - hours * 1e9 + noise(hours))).toBe("falls");
  expect(verdict((hours) => 1e8 + noise(hours))).toBe("steady");
  expect(verdict((hours) => 1e8 + 2_000 * noise(hours))).toBe("unclear");
});

test("what fills up in the first third and stays is steady", () => {
  const filling = course((hours) => Math.min(hours / (40_000 / hour), 1) * 1e8);
  expect(slopeOf("memory", filling)?.verdict).toBe("steady");
});

test("a run that is too short has no slope", () => {
  expect(
    slopeOf(
      "memory",
      course((hours) => hours, 30),
    ),
  ).toBeUndefined();
});
