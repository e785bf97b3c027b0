import type { PhrasingContent, Root } from "mdast";
import { gfmToMarkdown } from "mdast-util-gfm";
import { defaultHandlers, type Options, toMarkdown } from "mdast-util-to-markdown";
import { PLAIN, plainPhrasing } from "./plain-phrasing.ts";
import { inlineCode, paragraph } from "./tree.ts";

// One object for all pages: it keeps its compiled patterns.
const options: Options = {
  bullet: "-",
  rule: "-",
  extensions: [gfmToMarkdown({ tablePipeAlign: false })],
  handlers: {
    root: (node, parent, state, info) => {
      // Most of the time would go into looking for what needs no escaping.
      const search = state.containerPhrasing.bind(state);
      state.containerPhrasing = (phrasing, around) =>
        plainPhrasing(phrasing.children as PhrasingContent[]) ?? search(phrasing, around);
      return defaultHandlers.root(node, parent, state, info);
    },
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
