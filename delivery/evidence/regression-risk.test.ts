import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { calibrated } from "./fixtures/calibrate.ts";
import { type LabelledChange, madeChanges } from "./fixtures/made-changes.ts";
import { coefficients, featuresOf, probability, riskOf } from "./regression-risk.ts";

const rows = (await readFile(new URL("./fixtures/labelled-changes.csv", import.meta.url), "utf8"))
  .trim()
  .split("\n");
const labelled = rows.slice(1).map((row): LabelledChange => {
  const [lines = 0, files = 0, earlierChanges = 0, coverage = 0, mended = 0] = row.split(",").map(Number);
  return { lines, files, earlierChanges, coverage, mended: mended === 1 };
});
const judged = labelled.map((change) => ({ ...change, risk: probability(featuresOf(change)) }));
const shareMended = (changes: readonly LabelledChange[]) =>
  changes.filter(({ mended }) => mended).length / changes.length;

test("the labelled set is the one that is made", () => {
  expect(labelled).toEqual(madeChanges(2000));
});

test("the coefficients are those under which the labelled set is most likely", () => {
  const best = calibrated(labelled);
  for (const [name, value] of Object.entries(best))
    expect(coefficients[name as keyof typeof coefficients], name).toBeCloseTo(value, 3);
});

test.each([0, 0.2, 0.4, 0.6, 0.8])(
  "of changes with a risk from %d on as many were mended as it says",
  (from) => {
    const group = judged.filter(({ risk }) => risk >= from && risk < from + 0.2);
    const mean = group.reduce((sum, { risk }) => sum + risk, 0) / group.length;
    // Three standard errors of a share.
    const tolerance = 3 * Math.sqrt((mean * (1 - mean)) / group.length);
    expect(group.length).toBeGreaterThan(50);
    expect(Math.abs(shareMended(group) - mean)).toBeLessThan(tolerance);
  },
);

test("Brier's score, the mean square of its errors, is as published; to say the same of every change would have 0.232", () => {
  const brier = (of: (change: (typeof judged)[number]) => number) =>
    judged.reduce((sum, change) => sum + (of(change) - Number(change.mended)) ** 2, 0) / judged.length;
  expect(brier(({ risk }) => risk)).toBeCloseTo(0.183, 3);
  const all = shareMended(judged);
  expect(brier(() => all)).toBeCloseTo(0.232, 3);
});

test("what WV-18 rejects, above 70 %, was mended twice as often as the rest", () => {
  const above = judged.filter(({ risk }) => risk > 0.7);
  const below = judged.filter(({ risk }) => risk <= 0.7);
  expect(shareMended(above)).toBeGreaterThan(2 * shareMended(below));
});

test("a change is riskier the larger, the wider, the more worked on and the less covered it is", () => {
  const file = { path: "a.ts", added: 40, deleted: 10, earlierChanges: 3 };
  const usual = riskOf({ files: [file] }, 0.8);
  expect(riskOf({ files: [{ ...file, added: 4000 }] }, 0.8)).toBeGreaterThan(usual);
  expect(riskOf({ files: [file, { ...file, path: "b.ts" }] }, 0.8)).toBeGreaterThan(usual);
  expect(riskOf({ files: [{ ...file, earlierChanges: 30 }] }, 0.8)).toBeGreaterThan(usual);
  expect(riskOf({ files: [file] }, 0.2)).toBeGreaterThan(usual);
});
