import fc from "fast-check";
import type { PhrasingContent, Root, RootContent } from "mdast";
import { gfmToMarkdown } from "mdast-util-gfm";
import { toMarkdown } from "mdast-util-to-markdown";
import { expect, test } from "vitest";
import { howMany } from "../tests/how-many.ts";
import { line } from "./fixtures/lines.ts";
import { plainPhrasing } from "./plain-phrasing.ts";
import { type Inline, inlineCode, link, list, paragraph, strong, table, title } from "./tree.ts";

const emphasis = (value: string): Inline => ({ type: "emphasis", children: [{ type: "text", value }] });
const extensions = [gfmToMarkdown({ tablePipeAlign: false })];
const library = (...children: RootContent[]) =>
  toMarkdown({ type: "root", children } satisfies Root, { bullet: "-", rule: "-", extensions });

let written = 0;

test("what is written without a search is what the library writes, wherever it stands", () => {
  fc.assert(
    fc.property(line, (line) => {
      const nodes: PhrasingContent[] = paragraph(...line).children;
      const plain = plainPhrasing(nodes);
      if (plain === undefined) return;
      written += 1;
      expect(library(paragraph(...line))).toBe(`${plain}\n`);
      expect(library(title(...line))).toBe(`# ${plain}\n`);
      expect(library(list([line, line]))).toBe(`- ${plain}\n- ${plain}\n`);
      expect(library(table(["Head"], [[line]]))).toBe(`| Head |\n| - |\n| ${plain} |\n`);
    }),
    { numRuns: howMany(10_000, 300_000) },
  );
  // Otherwise it would have shown nothing.
  expect(written).toBeGreaterThan(1000);
});

test("a line that holds anything with a meaning is left to the library", () => {
  const left: Inline[][] = [
    ["- not an item"],
    ["1. not an item"],
    ["ends in a blank "],
    ["www.example.com"],
    [inlineCode("a|b")],
    [inlineCode("`")],
    [strong("a"), emphasis("b")],
    [strong("(a)"), "b"],
    [link("page.md", " ")],
    [link("https://a.example", "https://a.example")],
    [link("page (1).md", "page")],
    [link("page|1.md", "page")],
    ["_private_"],
    ["a# "],
  ];
  expect(left.filter((line) => plainPhrasing(paragraph(...line).children) !== undefined)).toEqual([]);
});
