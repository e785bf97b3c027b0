import { expect, test } from "vitest";
import { lineStarts, positionAt, withoutByteOrderMark } from "./text-lines.ts";

test("every way to end a line counts once", () => {
  expect(lineStarts("a\nb\r\nc\rd")).toEqual([0, 2, 5, 7]);
  expect(lineStarts("")).toEqual([0]);
});

test.each([
  [0, "1:1"],
  [1, "1:2"],
  [2, "2:1"],
  [4, "2:3"],
  [5, "3:1"],
  [99, "4:93"],
])("offset %d is at %s", (offset, place) => {
  const { line, column } = positionAt(lineStarts("a\nb\r\nc\n"), offset);
  expect(`${line}:${column}`).toBe(place);
});

test("only a byte order mark at the very beginning is taken off", () => {
  expect(withoutByteOrderMark("\uFEFFa\uFEFF")).toBe("a\uFEFF");
});
