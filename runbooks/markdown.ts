import type { List, ListItem, Root, RootContent, Table, TableCell, TableRow } from "mdast";
import { gfmToMarkdown } from "mdast-util-gfm";
import { type Options, toMarkdown } from "mdast-util-to-markdown";
import { plainPhrasing } from "./plain-phrasing.ts";
import { inlineCode, paragraph } from "./tree.ts";
import { Written } from "./written-once.ts";

/** A page as GitHub Flavored Markdown. Columns are not padded: a changed cell changes one line. */
export function markdownOf(page: Root): string {
  return `${blocks([...page.children, { type: "thematicBreak" }, footer])}\n`;
}

const written = new Written();

const footer = paragraph(
  "Written by ",
  inlineCode("fairlead generate"),
  " from the catalog; changes here are lost.",
);

// Two lists in a row would be read as one: the second has another mark.
const MARKS = { bullet: ["-", "*"], ordered: [".", ")"] } as const;

/** Blocks below each other, a blank line between them. */
function blocks(nodes: readonly RootContent[]): string {
  let text = "";
  let mark: string | undefined;
  for (const [i, node] of nodes.entries()) {
    if (node.type === "list") {
      const [usual, other] = MARKS[node.ordered ? "ordered" : "bullet"];
      mark = mark === usual ? other : usual;
    } else mark = undefined;
    const around = mark ?? "";
    if (i > 0) text += "\n\n";
    text += written.text(node, around, () => (node.type === "list" ? listText(node, around) : block(node)));
  }
  return text;
}

function block(node: Exclude<RootContent, List>): string {
  switch (node.type) {
    case "paragraph":
      return plainPhrasing(node.children) ?? searched(node);
    case "heading":
      return headingText(node);
    case "code":
      return `${fenceOf(node.value)}${node.lang ?? ""}\n${node.value && `${node.value}\n`}${fenceOf(node.value)}`;
    case "table":
      return tableText(node);
    case "thematicBreak":
      return "---";
    default:
      throw new Error(`a runbook has no ${node.type}`);
  }
}

function headingText(node: Extract<RootContent, { type: "heading" }>): string {
  const line = plainPhrasing(node.children);
  if (line === undefined) return searched(node);
  return `${"#".repeat(node.depth)}${line && ` ${line}`}`;
}

/** More backticks than stand together anywhere in the code (CommonMark 0.31, 4.5). */
function fenceOf(value: string): string {
  const longest = Math.max(2, ...(value.match(/`+/g) ?? []).map((streak) => streak.length));
  return "`".repeat(longest + 1);
}

function listText({ ordered, spread, children }: List, mark: string): string {
  return children
    .map((item, i) => {
      const own = ordered ? `${i + 1}${mark}` : mark;
      return written.text(item, own, () => itemText(item, own));
    })
    .join(spread ? "\n\n" : "\n");
}

/** What belongs to an item stands as far in as its first line (CommonMark 0.31, 5.2); empty lines stay empty. */
function itemText(item: ListItem, mark: string): string {
  const inner = blocks(item.children);
  const indented = inner.replace(/(\r?\n|\r)(?=[^\r\n])/g, `$1${" ".repeat(mark.length + 1)}`);
  return /^(?:[\r\n]|$)/.test(inner) ? mark + indented : `${mark} ${indented}`;
}

function tableText({ children: [head, ...rows] }: Table): string {
  const columns = head?.children.length ?? 0;
  return [
    ...(head ? [rowText(head)] : []),
    `| ${Array(columns).fill("-").join(" | ")} |`,
    ...rows.map((row) => written.text(row, "", () => rowText(row))),
  ].join("\n");
}

function rowText({ children }: TableRow): string {
  let line = "|";
  for (const cell of children) {
    const text = plainPhrasing(cell.children) ?? searchedCell(cell);
    line += text === "" ? " |" : ` ${text} |`;
  }
  return line;
}

// One object for all pages: it keeps its compiled patterns.
const options: Options = { bullet: "-", rule: "-", extensions: [gfmToMarkdown({ tablePipeAlign: false })] };

/** As the library writes it, which searches for all that a reader of Markdown might take for something else. */
function searched(node: RootContent): string {
  return toMarkdown(node, options).replace(/\n$/, "");
}

function searchedCell(cell: TableCell): string {
  const row: TableRow = { type: "tableRow", children: [cell] };
  const [line = ""] = toMarkdown({ type: "table", children: [row] }, options).split("\n");
  return line.slice(2, -2);
}
