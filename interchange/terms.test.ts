import fc from "fast-check";
import { expect, test } from "vitest";
import { termsOf } from "./terms.ts";

test("counts of one form keep their own values", () => {
  const query = (value: string) => `sum(rate(m_total{a=${JSON.stringify(value)}}[$window]))`;
  fc.assert(
    fc.property(fc.string(), (value) => {
      expect(termsOf(query(value))).toMatchObject([
        { series: "m_total", matchers: [{ label: "a", op: "=", value }] },
      ]);
    }),
  );
});
