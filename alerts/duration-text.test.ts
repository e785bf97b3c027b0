import { expect, test } from "vitest";
import { durationText } from "./duration-text.ts";

test.each([
  [0, "0s"],
  [0.2, "200ms"],
  [600, "10m"],
  [4320, "1h12m"],
  [93_784, "1d2h3m4s"],
])("%d seconds are %s", (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});
