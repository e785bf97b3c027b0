import { expect, test } from "vitest";
import { applyEdits, offsetBeforeEdits } from "./edits.ts";

const source = "a = import.meta.url + {b}";
const edits = [
  { start: 4, end: 19, text: '"file:///x"' },
  { start: 22, end: 22, text: "f(" },
  { start: 25, end: 25, text: ")" },
];

test("edits replace and insert", () => {
  expect(applyEdits(source, edits)).toBe('a = "file:///x" + f({b})');
});

test.each([
  ["a", "a"],
  ["=", "="],
  ["file", "import"],
  ["+", "+"],
  ["f(", "{b"],
  ["{b", "{b"],
  ["}", "}"],
  [")", ""],
])("%s of the edited text comes from %s of the source", (after, before) => {
  const offset = offsetBeforeEdits(edits, applyEdits(source, edits).lastIndexOf(after));
  expect(offset).toBe(before === "" ? source.length : source.indexOf(before));
});
