import type { Link, PhrasingContent } from "mdast";

/**
 * A text without any of these means nothing to Markdown, unless a line begins with something else than a letter or a number, or ends with
 * a space: they are all that `mdast-util-to-markdown` and GFM escape, and more.
 */
const OTHER =
  /[^\p{L}\p{N} ,;?'"%()/=+×÷·.:#_-]|:(?! |$)|\.(?! |$|(?<=\d\.)\d)|#(?![a-z])|(?<![A-Za-z\d]{2})_|_(?![A-Za-z\d]{2})/u;

// Most texts are told by this already, which takes a quarter of the time.
const ONLY_WORDS = /^[A-Za-z0-9 ,;]*$/;

const meansSomething = (text: string) => !ONLY_WORDS.test(text) && OTHER.test(text);

// A letter, or a number that no "." or ")" makes the mark of a list.
const PLAIN_BEGIN = /^(?:\p{L}|\d+(?:\.\d+)?(?:[ ,;%\p{L}]|$))/u;

const PLAIN_ADDRESS = /^[\w./:#?=%~,+!*'()&-]+$/;
// Parentheses would end the address, and `&copy` is a sign of its own (CommonMark 0.31, 6.3 and 2.5).
const IN_ADDRESS = /[()]|&(?=[#A-Za-z])/g;
// Nothing that would have to be escaped in a table's cell or fenced by more than one backtick.
const PLAIN_CODE = /^[^\s`|](?:[^\r\n`|]*[^\s`|])?$/;
const EDGE_OF_EMPHASIS = /^[\p{L}\p{N}].*[\p{L}\p{N}]$|^[\p{L}\p{N}]$/u;

/**
 * What stands in a paragraph, a heading or a cell, if nothing in it needs escaping; otherwise undefined. Then it is letter by letter
 * what `mdast-util-to-markdown` writes, without its search for what a reader of Markdown might take for something else.
 */
export function plainPhrasing(nodes: readonly PhrasingContent[]): string | undefined {
  const [first, last] = [nodes[0], nodes.at(-1)];
  if (first?.type === "text" && !PLAIN_BEGIN.test(first.value)) return undefined;
  if (last?.type === "text" && last.value.endsWith(" ")) return undefined;
  let line = "";
  for (const [i, node] of nodes.entries()) {
    const piece = plainPiece(node, nodes[i + 1]);
    if (piece === undefined) return undefined;
    line += piece;
  }
  return line;
}

function plainPiece(node: PhrasingContent, next: PhrasingContent | undefined): string | undefined {
  // What touches its own kind might be read as one.
  if (node.type === next?.type) return undefined;
  switch (node.type) {
    case "text":
      return meansSomething(node.value) ? undefined : node.value;
    case "inlineCode":
      return PLAIN_CODE.test(node.value) ? `\`${node.value}\`` : undefined;
    case "link":
      return plainLink(node);
    case "strong":
      return plainEmphasis("**", node.children, next);
    case "emphasis":
      return plainEmphasis("*", node.children, next);
    default:
      return undefined;
  }
}

function plainLink({ url, title, children }: Link): string | undefined {
  const label = onlyText(children);
  if (label === undefined || title || !PLAIN_ADDRESS.test(url)) return undefined;
  return !meansSomething(label) && label === label.trim()
    ? `[${label}](${url.replace(IN_ADDRESS, "\\$&")})`
    : undefined;
}

/** Marks open before a letter and close behind one, or behind a sign that a space follows (CommonMark 0.31, 6.2). */
function plainEmphasis(
  mark: "*" | "**",
  children: readonly PhrasingContent[],
  next: PhrasingContent | undefined,
): string | undefined {
  const text = onlyText(children);
  if (text === undefined || meansSomething(text) || next?.type === "strong" || next?.type === "emphasis") {
    return undefined;
  }
  const isBeforeSpace = next === undefined || (next.type === "text" && next.value.startsWith(" "));
  const inner = isBeforeSpace ? text.replace(/[:.%)]$/, "") : text;
  return EDGE_OF_EMPHASIS.test(inner) ? `${mark}${text}${mark}` : undefined;
}

function onlyText([only, ...rest]: readonly PhrasingContent[]): string | undefined {
  return only?.type === "text" && rest.length === 0 ? only.value : undefined;
}
