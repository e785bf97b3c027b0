import type { Root } from "mdast";
import { gfmToMarkdown } from "mdast-util-gfm";
import { defaultHandlers, type Options, toMarkdown } from "mdast-util-to-markdown";
import { inlineCode, paragraph } from "./tree.ts";

// Half of the time would go into looking for characters to escape. A text of these alone needs no search, unless a line begins with
// something else than a letter or ends with a space: all others that `mdast-util-to-markdown` and GFM escape are left out here.
const PLAIN = /^(?:[\p{L}\p{N} ,;'"%()/=+·-]|[.:](?= |$))*$/u;

// One object for all pages: it keeps its compiled patterns.
const options: Options = {
  bullet: "-",
  rule: "-",
  extensions: [gfmToMarkdown({ tablePipeAlign: false })],
  handlers: {
    text: (node, parent, state, info) => {
      const plain =
        PLAIN.test(node.value) &&
        (info.before !== "\n" || /^\p{L}/u.test(node.value)) &&
        (info.after !== "\n" || !node.value.endsWith(" "));
      return plain ? node.value : defaultHandlers.text(node, parent, state, info);
    },
  },
};

/** A page as GitHub Flavored Markdown. Columns are not padded: a changed cell changes one line. */
export function markdownOf(page: Root): string {
  const footer = paragraph(
    "Written by ",
    inlineCode("fairlead generate"),
    " from the catalog; changes here are lost.",
  );
  return toMarkdown({ ...page, children: [...page.children, { type: "thematicBreak" }, footer] }, options);
}
