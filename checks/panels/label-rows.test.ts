import fc from "fast-check";
import { expect, test } from "vitest";
import { labelRows } from "./label-rows.ts";

const labels = fc.dictionary(
  fc.constantFrom("a", "b", "c", "d", "e"),
  fc.uniqueArray(fc.constantFrom(..."0123456789"), { minLength: 1 }),
  { minKeys: 1 },
);

test("every value of a label stands beside every value of each other label, and no row is there twice", () => {
  fc.assert(
    fc.property(labels, (given) => {
      const rows = labelRows(given);
      expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(rows.length);
      for (const [one, ones] of Object.entries(given))
        for (const [other, others] of Object.entries(given))
          for (const a of ones)
            for (const b of one === other ? [a] : others)
              expect(rows.some((row) => row[one] === a && row[other] === b)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

const ten = [..."0123456789"];

test("a hundred thousand combinations become less than three times the pairs of two labels", () => {
  expect(labelRows({ a: ten, b: ten, c: ten, d: ten, e: ten }).length).toBeLessThan(300);
});

test("a query that asks for more values at once gets its row", () => {
  const given = { a: ten, b: ten, c: ten, d: ten };
  const is = (wanted: Record<string, string>) => (label: string, value: string) =>
    (wanted[label] ?? value) === value;
  const asked = ten.map((c) => ({ a: "1", b: "2", c, d: "4" }));
  const rows = labelRows(given, asked.map(is));
  for (const wanted of asked) expect(rows).toContainEqual(wanted);
  expect(labelRows(given, [is({ a: "nothing like it" })])).toEqual(labelRows(given));
});

test("without labels there is one series, and none of a label without values", () => {
  expect(labelRows({})).toEqual([{}]);
  expect(labelRows({ service: [] })).toEqual([]);
});
