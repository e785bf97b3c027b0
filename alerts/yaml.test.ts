import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { yamlText } from "./yaml.ts";

const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom(..."\"'`\\ \n\t:#-?{}[]|>&*!%@,~=<0123456789.eExXoyYnN") }),
  fc.constantFrom(
    "yes",
    "No",
    "on",
    "y",
    "null",
    "~",
    "",
    "012",
    "0x1F",
    "0o17",
    "1e3",
    "1_000",
    "12:30",
    "1.5:3",
    ".inf",
  ),
  fc.constantFrom(
    "2026-01-01",
    "<<",
    "=",
    "- a",
    "? a",
    "a: b",
    "a #b",
    "{{ $labels.x }}",
    "${x}",
    "%{x}",
    "---",
    "...",
    "\ufeff",
  ),
  fc.constantFrom(
    " a\nb",
    "a\n",
    "\na",
    "a\n\n b\n",
    "\tx\ny",
    "\u0085",
    "\u2028",
    "a\rb",
    "|",
    ">-",
    "*a",
    "&a",
    "!x",
    "%T",
    "@x",
  ),
);

describe("yamlText", () => {
  it("gives back every string, under YAML 1.2 and under 1.1", () => {
    fc.assert(
      fc.property(hostile, hostile, (key, text) => {
        const written = yamlText({ [`k${key}`]: text, list: [text, [text]] }, { header: [] });
        const expected = { [`k${key}`]: text, list: [text, [text]] };
        expect(parse(written)).toEqual(expected);
        expect(parse(written, { version: "1.1" })).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it("shows no character that a reviewer would not see", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(yamlText({ text }, { header: [] })).not.toMatch(
          /[^\P{C}\n\t\u{10000}-\u{10ffff}\u{e000}-\u{f8ff}\p{Cn}]/u,
        );
      }),
    );
  });

  it("leaves plain words plain, quotes what looks like something else, and writes prose as a block", () => {
    const value = {
      for: "5m",
      expr: 'up{job="a"} == 1',
      team: "no",
      le: "1.0",
      text: "One.\nTwo.",
      none: [],
      nothing: {},
    };
    expect(yamlText(value, { header: ["Generated."] })).toMatchInlineSnapshot(`
      "# Generated.
      for: 5m
      expr: up{job="a"} == 1
      team: "no"
      le: "1.0"
      text: |-
        One.
        Two.
      none: []
      nothing: {}
      "
    `);
  });

  it("keeps the order of keys and writes the same object twice in full", () => {
    const same = { b: 1, a: 2 };
    expect(yamlText({ first: same, second: same }, { header: [] })).toBe(
      "first:\n  b: 1\n  a: 2\nsecond:\n  b: 1\n  a: 2\n",
    );
  });

  it("names what occurs again, if asked to", () => {
    const same = [{ a: 1 }];
    const written = yamlText({ first: same, second: same, third: same }, { header: [], byAnchor: true });
    expect(written).toBe("first: &a1\n  - a: 1\nsecond: *a1\nthird: *a1\n");
  });

  it("keeps a header inside its comment", () => {
    expect(yamlText({ a: 1 }, { header: ["x\ny: 2"] })).toBe("# x y: 2\na: 1\n");
  });
});
