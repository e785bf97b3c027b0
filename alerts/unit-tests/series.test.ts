import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { counterValues, exact, phaseEnds, phases, type Series, seriesText, valuesText } from "./series.ts";

/** Reads promtool's notation back, adding step by step as promtool does. */
function read(text: string): (number | "_" | "stale")[] {
  return text.split(" ").flatMap((part): (number | "_" | "stale")[] => {
    const gap = /^_(?:x(\d+))?$/.exec(part);
    if (gap) return Array.from({ length: Number(gap[1] ?? 1) }, () => "_" as const);
    if (part === "stale") return ["stale"];
    const run = /^(-?[\d.e-]+?)(?:([+-])([\d.e-]+))?(?:x(\d+))?$/.exec(part);
    let value = Number(run?.[1]);
    const step = Number(run?.[3] ?? 0) * (run?.[2] === "-" ? -1 : 1);
    const values = [value];
    for (let i = 0; i < Number(run?.[4] ?? 0); i++) {
      value += step;
      values.push(value);
    }
    return values;
  });
}

const shown = (values: Series["values"]) =>
  values.map((value, i) => value ?? ((values[i - 1] ?? null) === null ? "_" : "stale"));

describe("valuesText", () => {
  it("gives back every sample exactly", () => {
    const value = fc.option(
      fc.oneof(
        fc.integer({ min: -1e9, max: 1e9 }),
        fc.integer({ min: 0, max: 1e6 }).map((n) => n / 1024),
      ),
    );
    const run = fc.tuple(value, fc.integer({ min: 1, max: 9 }));
    fc.assert(
      fc.property(fc.array(run, { minLength: 1, maxLength: 12 }), (runs) => {
        const values = phases(...runs);
        expect(read(valuesText(values))).toEqual(shown(values));
      }),
    );
  });

  it("gives back every sample of a counter, through restarts", () => {
    const additions = fc.array(
      fc.tuple(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.integer({ min: 1, max: 30 })),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(additions, fc.array(fc.nat(60)), (runs, restarts) => {
        const values = counterValues(phases(...runs).map(exact), restarts);
        expect(read(valuesText(values))).toEqual(values);
      }),
    );
  });

  it.each<[Series["values"], string]>([
    [[1, 1, 1], "1x2"],
    [[10, 12, 14, 16, 5], "10+2x3 5"],
    [[4, 3, 2], "4-1x2"],
    [[1, null, null, null, 2], "1 stale _x2 2"],
    [[null, null, 1], "_x2 1"],
    [[0.5], "0.5"],
  ])("writes %j as %s", (values, text) => {
    expect(valuesText(values)).toBe(text);
  });
});

describe("counterValues", () => {
  it("begins at zero again after a restart, and counts on", () => {
    expect(counterValues([5, 5, 5, 5, 5], [3])).toEqual([10_000, 10_005, 10_010, 5, 10]);
  });
});

describe("phases", () => {
  it("tells where each of them ends; one without samples has no end", () => {
    expect(phases(["a", 2], ["b", 0], ["c", 1])).toEqual(["a", "a", "c"]);
    expect(
      phaseEnds([
        ["a", 2],
        ["b", 0],
        ["c", 1],
      ]),
    ).toEqual([1, 2]);
  });
});

describe("seriesText", () => {
  it("keeps quotes and backslashes of label values inside", () => {
    expect(seriesText({ name: "up", labels: { job: 'a"\\b', app: "}" } })).toBe(
      String.raw`up{app="}", job="a\"\\b"}`,
    );
  });
});
