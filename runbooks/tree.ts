// Markdown syntax nodes. Text goes into a tree and is escaped where the tree is written, never by hand.
import type {
  BlockContent,
  Code,
  Heading,
  InlineCode,
  Link,
  List,
  ListItem,
  Paragraph,
  PhrasingContent,
  Strong,
  Table,
  TableCell,
  TableRow,
} from "mdast";
// Brings `data.hProperties`, the attributes that a node has in HTML.
import type {} from "mdast-util-to-hast";

/** A node inside a line; a string stands for plain text. */
export type Inline = PhrasingContent | string;

// `code` between backticks, or a label that Prometheus fills in when the alert fires.
const MARKED = /`([^`]+)`|\{\{\s*\$labels\.([a-zA-Z_][a-zA-Z0-9_]*)\s*\}\}/g;

/**
 * Text of the catalog as one line: words between backticks become code, a label's place becomes its name in angle
 * brackets (`<queue>`), everything else stays plain text.
 */
export function words(text: string): PhrasingContent[] {
  const nodes: PhrasingContent[] = [];
  const line = text.replace(/\s+/g, " ").trim();
  let done = 0;
  for (const match of line.matchAll(MARKED)) {
    if (match.index > done) nodes.push({ type: "text", value: line.slice(done, match.index) });
    nodes.push(inlineCode(match[1] ?? `<${match[2]}>`));
    done = match.index + match[0].length;
  }
  if (done < line.length) nodes.push({ type: "text", value: line.slice(done) });
  return merged(nodes);
}

/** Text of the catalog as paragraphs, which blank lines separate. */
export function prose(text: string): Paragraph[] {
  return text
    .split(/\n\s*\n/)
    .filter((part) => part.trim() !== "")
    .map((part) => paragraph(...words(part)));
}

/** A paragraph of these parts. */
export function paragraph(...children: Inline[]): Paragraph {
  return { type: "paragraph", children: nodesOf(children) };
}

/** A node that the style sheet knows by `name`; Markdown shows it like any other. */
export function classed<T extends BlockContent | PhrasingContent>(name: string, node: T): T {
  return { ...node, data: { hProperties: { className: [name] } } };
}

/** A heading that other pages can link to; its id is the one that GitHub gives to the same words. */
export function heading(depth: 2 | 3, title: string): Heading {
  const id = title
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
  return {
    type: "heading",
    depth,
    data: { hProperties: { id } },
    children: [{ type: "text", value: title }],
  };
}

/** The page's own heading. */
export function title(...children: Inline[]): Heading {
  return { type: "heading", depth: 1, children: nodesOf(children) };
}

/** What is said with emphasis. */
export function strong(...children: Inline[]): Strong {
  return { type: "strong", children: nodesOf(children) };
}

/** Code inside a line; line breaks in it become blanks. */
export function inlineCode(value: string): InlineCode {
  return { type: "inlineCode", value: value.replace(/\s+/g, " ") };
}

/** A block of code in a language that the page knows. */
export function code(lang: "promql" | "sh" | "mermaid", value: string): Code {
  return { type: "code", lang, value };
}

/** A link to an address, or to a page relative to this one, named with its `.md`. */
export function link(url: string, ...children: Inline[]): Link {
  return { type: "link", url, children: nodesOf(children) as Link["children"] };
}

/** Items of one line each, or of several blocks, or made already. */
export function list(
  items: readonly (Inline[] | BlockContent[] | ListItem)[],
  { ordered = false } = {},
): List {
  const children = items.map((one) => (Array.isArray(one) ? item(one) : one));
  return { type: "list", ordered, spread: children.some(({ spread }) => spread), children };
}

/** An item of one line, or of several blocks. */
export function item(parts: Inline[] | BlockContent[]): ListItem {
  const blocks = parts.every(isBlock) ? parts : [paragraph(...(parts as Inline[]))];
  return { type: "listItem", spread: blocks.length > 1, children: blocks };
}

/** A table: a head, and rows of cells that hold parts of a line, or that are made already. */
export function table(head: readonly string[], rows: readonly (Inline[][] | TableRow)[]): Table {
  return {
    type: "table",
    align: head.map(() => null),
    children: [row(head.map((h) => [h])), ...rows.map((one) => (Array.isArray(one) ? row(one) : one))],
  };
}

/** A row of cells that hold parts of a line. */
export function row(cells: Inline[][]): TableRow {
  const children = cells.map((parts): TableCell => ({ type: "tableCell", children: nodesOf(parts) }));
  return { type: "tableRow", children };
}

/** The parts with `between` between them. */
export function joined(parts: Inline[][], between: string): Inline[] {
  return parts.flatMap((part, i) => (i === 0 ? part : [between, ...part]));
}

const BLOCKS = new Set(["paragraph", "heading", "code", "list", "table", "blockquote", "thematicBreak"]);

function isBlock(node: Inline | BlockContent): node is BlockContent {
  return typeof node !== "string" && BLOCKS.has(node.type);
}

function nodesOf(children: Inline[]): PhrasingContent[] {
  return merged(
    children.map((child) => (typeof child === "string" ? { type: "text", value: child } : child)),
  );
}

// Text beside text becomes one node, and code beside code: what must be escaped at the start of a line is only seen within a node,
// and the backticks of two pieces of code that touch would be read as one mark.
function merged(nodes: PhrasingContent[]): PhrasingContent[] {
  const result: PhrasingContent[] = [];
  for (const node of nodes) {
    const last = result.at(-1);
    const touch = (node.type === "text" || node.type === "inlineCode") && last?.type === node.type;
    if (touch) result[result.length - 1] = { ...last, value: last.value + node.value };
    else result.push(node);
  }
  return result;
}
