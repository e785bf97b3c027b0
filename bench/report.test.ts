import { expect, test } from "vitest";

// The benchmark is no part of the package and has no types.
const { isMissed, reportOf, row } = await import("./report.mjs" as string);

const sloth = { name: "Sloth (comparison)", seconds: 0.92, processor: 1, memory: 100, yardstick: 0.46 };
const generate = { name: "generate", seconds: 1.5, processor: 1, memory: 90, target: { seconds: 1 } };
const compared = { name: "rules", seconds: 0.5, target: { times: 1, of: sloth.name } };

const cellsOf = (report: string, name: string): string[] =>
  (report.split("\n").find((line) => line.startsWith(`| ${name} |`)) ?? "")
    .split("|")
    .map((cell) => cell.trim());

test("where Sloth is measured, the report says how this machine compares with that of the targets", () => {
  const report: string = reportOf([sloth, generate, compared]);
  expect(report).toContain("took 0.920 s here and 0.460 s on the machine on which the targets were set");
  expect(report).toContain("this one took 2.00 times as long");
  expect(cellsOf(report, "Benchmark")).toContain("By the yardstick");
  expect(cellsOf(report, "generate").slice(2, 8)).toEqual([
    "1.50",
    "1.00",
    "90",
    "< 1 s (1.50)",
    "0.750",
    "no",
  ]);
});

test("the yardstick decides nothing: a target is missed by the seconds that were measured", () => {
  expect(isMissed(generate, [sloth, generate])).toBe(true);
  expect(isMissed({ ...generate, seconds: 0.9 }, [sloth, generate])).toBe(false);
});

test("only absolute targets have a figure by the yardstick, and none where Sloth was not measured", () => {
  expect(row(compared, [sloth, compared])[5]).toBe("");
  const report: string = reportOf([generate, { ...sloth, seconds: undefined, failure: "it failed" }]);
  expect(report).not.toContain("The yardstick:");
  expect(cellsOf(report, "generate").slice(5, 8)).toEqual(["< 1 s (1.50)", "", "no"]);
});
