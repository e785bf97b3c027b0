import { expect, test } from "vitest";
import { measured } from "./measured-source.ts";

test("a source is measured: its lines, its named functions, and what it exports without a docstring", () => {
  const source = `/** Documented. */
export function one(a: string, b: string, c: string) {
  const all = [a, b].map((x) => {
    return x + c;
  });
  return all;
}
/* no docstring */
export const two = () => ({
  method() {
    one("", "", "");
    return 1;
  },
});
export interface Three {}
`;
  expect(measured("a.ts", source)).toEqual({
    lines: 15,
    functions: [
      { name: "one", lines: 6, parameters: 3, isExpression: false },
      { name: "two", lines: 6, parameters: 0, isExpression: true },
      { name: "method", lines: 4, parameters: 0, isExpression: false },
    ],
    undocumented: ["two"],
  });
});
