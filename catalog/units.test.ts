import { expect, test } from "vitest";
import {
  bytes,
  bytesOf,
  cpu,
  type Duration,
  duration,
  type Percent,
  percent,
  perSecondOf,
  rate,
  ratioOf,
  secondsOf,
} from "./units.ts";

test.each<[Percent, number]>([
  ["99.9%", 0.999],
  ["99.99%", 0.9999],
  ["0.1%", 0.001],
  ["7%", 0.07],
])("%s is %d, without the noise of a binary division", (text, ratio) => {
  expect(ratioOf(text)).toBe(ratio);
});

test.each<[Duration, number]>([
  ["300ms", 0.3],
  ["5m", 300],
  ["30d", 2_592_000],
  ["1w", 604_800],
])("%s is %d seconds", (text, seconds) => {
  expect(secondsOf(text)).toBe(seconds);
});

test("rates and bytes become base units", () => {
  expect(perSecondOf("200/s")).toBe(200);
  expect(perSecondOf("60/m")).toBe(1);
  expect(bytesOf("512Mi")).toBe(536_870_912);
});

test.each([
  [percent, 99.9],
  [percent, "99.9"],
  [percent, "101%"],
  [percent, "-1%"],
  [percent, "1e1%"],
  [duration, "5 m"],
  [duration, "1.5m"],
  [duration, "5min"],
  [duration, 5],
  [rate, "200"],
  [rate, "0/s"],
  [bytes, "512MB"],
  [cpu, "0.5"],
])("a unit that is written otherwise is refused (%#)", (schema, value) => {
  expect(schema.safeParse(value).success).toBe(false);
});
