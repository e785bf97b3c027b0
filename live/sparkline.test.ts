import fc from "fast-check";
import { expect, test } from "vitest";
import { sparkline } from "./sparkline.ts";

test.each([
  [[0, 1, 2, 3, 4, 5, 6, 7], "▁▂▃▄▅▆▇█"],
  [[0, 0, 0], "▁▁▁"],
  [[5, 5], "▄▄"],
  [[undefined, 1, undefined, 2], " ▁ █"],
  [[1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 3], "▁█▁ █"],
  [[], ""],
])("%j is %s", (values, curve) => expect(sparkline(values)).toBe(curve));

test("a curve has a place for each value, and its greatest value is at the top", () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 2 }), (values) => {
      const curve = [...sparkline(values)];
      expect(curve).toHaveLength(values.length);
      const greatest = Math.max(...values);
      if (greatest !== Math.min(...values)) expect(curve[values.indexOf(greatest)]).toBe("█");
    }),
  );
});
