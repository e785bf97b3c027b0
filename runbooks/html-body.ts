import { toHtml } from "hast-util-to-html";
import type { List, ListItem, Nodes, Parents, RootContent, Table, TableRow } from "mdast";
import { type Attributes, element, text } from "./html-element.ts";
import { Written } from "./written-once.ts";

const written = new Written();

/** A block of a page, and all in it, as HTML. Text is escaped wherever it stands; raw HTML cannot get in: the tree holds none. */
export function blockHtml(node: RootContent): string {
  return written.text(node, "", () => newBlock(node));
}

function newBlock(node: RootContent): string {
  switch (node.type) {
    case "heading":
      return element(`h${node.depth}`, attributesOf(node), inside(node));
    case "paragraph":
      return element("p", attributesOf(node), inside(node));
    case "code":
      return node.data?.drawing ? toHtml(node.data.drawing) : codeHtml(node);
    case "list":
      return element(node.ordered ? "ol" : "ul", attributesOf(node), lines(node.children.map(itemIn(node))));
    case "table":
      return tableHtml(node);
    default:
      return inlineHtml(node);
  }
}

function inlineHtml(node: Nodes): string {
  switch (node.type) {
    case "text":
      // Blanks at a line's end or begin mean nothing in Markdown.
      return text(
        /[\r\n]/.test(node.value) ? node.value.replace(/[\t ]*(\r?\n|\r)[\t ]*/g, "$1") : node.value,
      );
    case "inlineCode":
      return element("code", attributesOf(node), text(node.value.replace(/\r?\n|\r/g, " ")));
    case "strong":
      return element("strong", attributesOf(node), inside(node));
    case "emphasis":
      return element("em", attributesOf(node), inside(node));
    case "link":
      return element("a", { href: address(node.url), ...attributesOf(node) }, inside(node));
    default:
      throw new Error(`a runbook has no ${node.type}`);
  }
}

function inside(node: Parents): string {
  let content = "";
  for (const child of node.children) content += inlineHtml(child);
  return content;
}

function codeHtml(node: Extract<RootContent, { type: "code" }>): string {
  const language: Attributes = node.lang ? { class: `language-${node.lang}` } : {};
  const value = node.value ? `${node.value}\n` : "";
  return element("pre", {}, element("code", { ...language, ...attributesOf(node) }, text(value)));
}

/** An item's paragraphs stand bare unless its list is spread. */
function itemIn(list: List): (item: ListItem) => string {
  const isLoose = list.spread === true || list.children.some((item) => item.spread);
  return (item) => written.text(item, String(isLoose), () => itemHtml(item, isLoose));
}

function itemHtml({ children }: ListItem, isLoose: boolean): string {
  let content = "";
  let isBare = false;
  for (const [i, child] of children.entries()) {
    isBare = child.type === "paragraph" && !isLoose;
    if (!isBare || i > 0) content += "\n";
    content += isBare && child.type === "paragraph" ? inside(child) : blockHtml(child);
  }
  return element("li", {}, children.length === 0 || isBare ? content : `${content}\n`);
}

/** On a phone each row becomes a block: its cells then say which column they stand for. */
function tableHtml(node: Table): string {
  const [head, ...rows] = node.children;
  const names = head?.children.map(wordsIn) ?? [];
  const around = names.join("\n");
  const headers = head?.children.map((cell) => element("th", { scope: "col" }, inside(cell))) ?? [];
  const parts = head ? [element("thead", {}, lines([element("tr", {}, lines(headers))]))] : [];
  const rowIn = (row: TableRow) => written.text(row, around, () => rowHtml(row, names));
  if (rows.length > 0) parts.push(element("tbody", {}, lines(rows.map(rowIn))));
  return element("table", attributesOf(node), lines(parts));
}

function rowHtml({ children }: TableRow, names: readonly string[]): string {
  const cells = children.map((cell, i) => element("td", { "data-label": names[i] ?? "" }, inside(cell)));
  return element("tr", {}, lines(cells));
}

/** A node's words without what marks them. */
export function wordsIn(node: Nodes): string {
  if ("value" in node) return node.value;
  return "children" in node ? node.children.map(wordsIn).join("") : "";
}

function lines(parts: readonly string[]): string {
  return `\n${parts.join("\n")}${parts.length > 0 ? "\n" : ""}`;
}

const NONE: Attributes = {};

function attributesOf({ data }: Nodes): Attributes {
  if (data?.hProperties === undefined) return NONE;
  const { className, id } = data.hProperties;
  return {
    ...(typeof id === "string" && { id }),
    ...(Array.isArray(className) && { class: className.join(" ") }),
  };
}

const ADDRESS = /^(?:[!#$&-;=?-Z_a-z~]|%[0-9A-Za-z]{2})*$/;

/** An address as it stands in `href`: what may not be in one is percent-encoded, what is encoded already stays (CommonMark 0.31, 6.3). */
function address(url: string): string {
  const page = /^[^:#?]+\.md$/.test(url) ? url.replace(/\.md$/, ".html") : url;
  if (ADDRESS.test(page)) return page;
  return page
    .replace(/\p{Cs}/gu, "\ufffd")
    .replace(/%(?![0-9A-Za-z]{2})|[^!#$%&-;=?-Z_a-z~]/gu, encodeURIComponent);
}
