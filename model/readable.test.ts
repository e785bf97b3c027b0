import { expect, test } from "vitest";
import { periodText, readableSeconds } from "./readable.ts";

test.each([
  [0.25, "250 ms"],
  [51.84, "52 s"],
  [600, "10 min"],
  [2592, "43 min 12 s"],
  [5184, "1 h 26 min"],
  [259_200, "3 d"],
  [86_460, "1 d"],
])("%d seconds read as %s", (seconds, text) => {
  expect(readableSeconds(seconds)).toBe(text);
});

test.each([
  ["28d", "28 days"],
  ["calendar-month", "a calendar month"],
  ["calendar-quarter", "a calendar quarter"],
])("a period of %s reads as %s", (period, text) => {
  expect(periodText(period)).toBe(text);
});
