import { describe, expect, it } from "vitest";
import { all, compare, held, runEdges, type Verdict } from "./verdict.ts";

describe("compare", () => {
  it.each<[number, ">" | ">=" | "<" | "<=", Verdict]>([
    [101, ">", true],
    [100, ">", false],
    [100, ">=", true],
    [99, "<", true],
    [100, "<", false],
    [100, "<=", true],
  ])("%d %s 100 is %s", (value, is, verdict) => {
    expect(compare(value, { is, threshold: 100, clearance: 0 })).toBe(verdict);
  });

  it("says nothing of values that are too near", () => {
    const near = { is: ">", threshold: 100, clearance: 0.01 } as const;
    expect([98.9, 99.1, 100, 100.9, 101.1].map((value) => compare(value, near))).toEqual([
      false,
      undefined,
      undefined,
      undefined,
      true,
    ]);
  });

  it("is exact at a threshold of 0", () => {
    expect(compare(0, { is: ">", threshold: 0, clearance: 0.01 })).toBe(false);
  });
});

describe("all", () => {
  it("is false as soon as one is, and open when none is but one is open", () => {
    expect([all(true, true), all(true, undefined), all(undefined, false), all()]).toEqual([
      true,
      undefined,
      false,
      true,
    ]);
  });
});

describe("held", () => {
  it("fires at the evaluation after which the condition has held for so many more", () => {
    expect(held([true, true, false, true, true, true, true], 2)).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
      true,
    ]);
  });

  it("is open while one of the evaluations that count is", () => {
    expect(held([true, undefined, true, true, false], 1)).toEqual([false, undefined, undefined, true, false]);
  });
});

describe("runEdges", () => {
  it("finds the first and last moment of each run, none in what is open", () => {
    expect(runEdges(["a", "a", "a", undefined, "b", "a", "a"])).toEqual([0, 2, 4, 5, 6]);
  });
});
