import { expect, test } from "vitest";
import { asking, said } from "../../tests/try-lint.ts";
import { unguardedDivision } from "./unguarded-division.ts";

const [free, size] = ["sum(shop_disk_free_bytes)", "sum(shop_disk_size_bytes)"];

test.each([size, `(${size} - ${free})`, `(${size} > bool 0)`])(
  "what is divided by %s may be infinite",
  (by) => {
    expect(said(unguardedDivision, asking(`${free} / ${by} < 1`))).toEqual([
      expect.stringMatching(/^alerts\.orders-stopped\.when\.expr@\d+: the divisor may be 0/),
    ]);
  },
);

test.each([
  `(${size} > 0)`,
  `clamp_min(${size}, 1)`,
  "1024",
  "sum(shop_disk_size_bytes > 0)",
  "count(shop_disk_size_bytes)",
])("what is divided by %s is a number", (by) =>
  expect(said(unguardedDivision, asking(`${free} / ${by} < 1`))).toEqual([]),
);

test("a guard may stand behind the division", () => {
  expect(said(unguardedDivision, asking(`${free} / ${size} < 1 and ${size} > 0`))).toEqual([]);
});
