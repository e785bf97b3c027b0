import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { howMany } from "../tests/how-many.ts";
import { hostileText } from "./fixtures/hostile-text.ts";
import { yamlText } from "./yaml.ts";

describe("yamlText", () => {
  it("gives back every string, under YAML 1.2 and under 1.1", () => {
    fc.assert(
      fc.property(hostileText, hostileText, (key, text) => {
        const written = yamlText({ [`k${key}`]: text, list: [text, [text]] }, { header: [] });
        const expected = { [`k${key}`]: text, list: [text, [text]] };
        expect(parse(written)).toEqual(expected);
        expect(parse(written, { version: "1.1" })).toEqual(expected);
      }),
      { numRuns: howMany(2000, 50_000) },
    );
  });

  it("shows no character that a reviewer would not see", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
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

  it("gives back any data, with and without anchors, under YAML 1.2 and under 1.1", () => {
    const { value } = fc.letrec((tie) => ({
      leaf: fc.oneof(
        hostileText,
        fc.boolean(),
        fc.integer(),
        fc.double({ noNaN: true }).filter(isNotMinusZero),
      ),
      list: fc.array(tie("value"), { maxLength: 4 }),
      object: fc.dictionary(hostileText, tie("value"), { maxKeys: 4 }),
      // What occurs twice.
      twice: fc.tuple(tie("value")).map(([same]) => [{ same }, [same, same]]),
      value: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        tie("leaf"),
        tie("list"),
        tie("object"),
        tie("twice"),
      ),
    }));
    fc.assert(
      fc.property(value, fc.boolean(), (value, byAnchor) => {
        const written = yamlText({ value }, { header: ["Header."], byAnchor });
        expect(parse(written, { maxAliasCount: -1 })).toEqual({ value });
        expect(parse(written, { version: "1.1", maxAliasCount: -1 })).toEqual({ value });
      }),
      { numRuns: howMany(2000, 50_000) },
    );
  });

  it("leaves out what is undefined, and announces a key that is too long to stand alone", () => {
    const long = "k".repeat(2000);
    const written = yamlText(
      { none: undefined, [long]: { a: [1] }, empty: { none: undefined } },
      { header: [] },
    );
    expect(written).toBe(`? ${long}\n:\n  a:\n    - 1\nempty: {}\n`);
    expect(parse(written)).toEqual({ [long]: { a: [1] }, empty: {} });
  });

  it("writes lists in lists, and what is named inside a list", () => {
    const same = { a: 1, b: [[1, 2], [{ c: 3 }], []] };
    expect(yamlText([same, same], { header: [], byAnchor: true })).toMatchInlineSnapshot(`
      "- &a1
        a: 1
        b:
          - - 1
            - 2
          - - c: 3
          - []
      - *a1
      "
    `);
  });
});

const isNotMinusZero = (value: number) => !Object.is(value, -0);
