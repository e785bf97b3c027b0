import { inspect } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { howMany } from "../tests/how-many.ts";
import { keepEqual } from "./keep-equal.ts";

const named = fc.record({ name: fc.constantFrom("a", "b", "c", "d"), of: fc.anything({ maxDepth: 2 }) });
const entries = fc.uniqueArray(named, { selector: ({ name }) => name });

test("what comes of it equals what was given, and all of it that is equal is the same object as before", () => {
  fc.assert(
    fc.property(entries, entries, (before, after) => {
      const given = structuredClone(after);
      const kept = keepEqual(before, after);
      expect(kept).toEqual(given);
      for (const entry of kept) {
        const was = before.find(({ name }) => name === entry.name);
        expect(entry === was).toBe(inOrder(was) === inOrder(entry));
      }
    }),
    { numRuns: howMany(1000, 50_000) },
  );
});

const inOrder = (value: unknown) => inspect(value, { depth: 9, sorted: false });

test("other order of keys is another object", () => {
  const after = keepEqual({ a: 1, b: 2 }, { b: 2, a: 1 });
  expect(Object.keys(after)).toEqual(["b", "a"]);
});

test("a part that stands in several places stays one object", () => {
  const metric = () => ({ name: "m", labels: ["a"] });
  const [before, shared] = [{ metrics: [metric()] }, metric()];
  const after = keepEqual(before, { metrics: [shared], alert: { of: shared } });
  expect(after.alert.of).toBe(before.metrics[0]);
});

test("an entry that is put in front changes none of the others", () => {
  const before = [{ name: "b", deep: { value: 1 } }];
  const after = keepEqual(before, [{ name: "a" }, { name: "b", deep: { value: 1 } }]);
  expect(after[1]).toBe(before[0]);
});
