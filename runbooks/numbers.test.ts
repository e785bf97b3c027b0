import { expect, test } from "vitest";
import { durationText, percentText } from "./numbers.ts";

test.each([
  [0.5, "0.5 s"],
  [51.84, "52 s"],
  [59.7, "1 min"],
  [518.4, "8 min 38 s"],
  [3600, "1 h"],
  [3599.9, "1 h"],
  [12_960, "3 h 36 min"],
  [86_399, "1 d"],
  [90_000, "1 d 1 h"],
])("%d seconds read %s", (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});

test.each([
  [0.999, "99.9%"],
  [0.0144, "1.44%"],
  [0.00014, "0.014%"],
  [1, "100%"],
  [0.009333333333, "0.9333%"],
])("the ratio %d reads %s", (ratio, text) => {
  expect(percentText(ratio)).toBe(text);
});
