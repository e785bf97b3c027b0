import fc from "fast-check";
import type { Root } from "mdast";
import { gfmToMarkdown } from "mdast-util-gfm";
import { toMarkdown } from "mdast-util-to-markdown";
import { expect, test } from "vitest";
import { howMany } from "../tests/how-many.ts";
import { block } from "./fixtures/blocks.ts";
import { markdownOf } from "./markdown.ts";
import { code, heading, inlineCode, list, paragraph, table } from "./tree.ts";

const extensions = [gfmToMarkdown({ tablePipeAlign: false })];
const root = (children: Root["children"]): Root => ({ type: "root", children });
const footer = paragraph(
  "Written by ",
  inlineCode("fairlead generate"),
  " from the catalog; changes here are lost.",
);
const library = ({ children }: Root) =>
  toMarkdown(root([...children, { type: "thematicBreak" }, footer]), { bullet: "-", rule: "-", extensions });

test("a page is what the library of unified makes of it, letter by letter", () => {
  fc.assert(
    fc.property(fc.array(block, { minLength: 1, maxLength: 4 }), (blocks) => {
      expect(markdownOf(root(blocks))).toBe(library(root(blocks)));
    }),
    { numRuns: howMany(1000, 50_000) },
  );
});

test("lists, code and tables stand in items and below each other", () => {
  const page = root([
    heading(2, "One"),
    list([["a"], [inlineCode("b")]]),
    list([["c"]]),
    list([[paragraph("d"), code("sh", "one\n\n```\ntwo"), list([["e"]], { ordered: true })], ["f"]]),
    table(["Head", "Tail"], [[["g"], []]]),
  ]);
  expect(markdownOf(page)).toMatchInlineSnapshot(`
    "## One

    - a
    - \`b\`

    * c

    - d

      \`\`\`\`sh
      one

      \`\`\`
      two
      \`\`\`\`

      1. e

    - f

    | Head | Tail |
    | - | - |
    | g | |

    ---

    Written by \`fairlead generate\` from the catalog; changes here are lost.
    "
  `);
});
