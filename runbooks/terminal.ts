import type { BlockContent, ListItem, Nodes, PhrasingContent, Root, RootContent, Table } from "mdast";
import pico from "picocolors";
import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";
import { printable } from "../problems/printable.ts";

/** How a terminal shows a page. */
export interface TerminalOptions {
  /** Columns; lines of prose are wrapped there, commands and queries never are: they are copied. */
  width: number;
  color: boolean;
}

/** A page for a terminal, from the tree that HTML and Markdown are made from. No text in it reaches the terminal as a control sequence. */
export function terminalText(page: Root, options: TerminalOptions): string {
  const painter = new Painter(options);
  return `${painter.blocks(page.children, options.width).join("\n\n")}\n`;
}

// A table whose columns would be narrower is shown row by row.
const NARROWEST = 8;

class Painter {
  readonly #paint: ReturnType<typeof pico.createColors>;

  constructor({ color }: TerminalOptions) {
    this.#paint = pico.createColors(color);
  }

  blocks(nodes: readonly RootContent[], width: number): string[] {
    return nodes.map((node) => this.#block(node as BlockContent, width)).filter((text) => text !== "");
  }

  #block(node: BlockContent, width: number): string {
    switch (node.type) {
      case "heading": {
        const text = this.#line(node.children);
        if (node.depth === 1) return this.#wrap(this.#paint.bold(text), width);
        return this.#paint.bold(node.depth === 2 ? this.#paint.cyan(text.toUpperCase()) : text);
      }
      case "paragraph":
        return this.#wrap(this.#classed(node, this.#line(node.children)), width);
      case "code":
        return this.#code(node.lang ?? "", node.value);
      case "list":
        return node.children
          .map((item, i) => this.#item(item, node.ordered ? `${(node.start ?? 1) + i}. ` : "• ", width))
          .join(node.spread ? "\n\n" : "\n");
      case "table":
        return this.#table(node, width);
      case "thematicBreak":
        return "─".repeat(Math.min(width, 40));
      default:
        return "";
    }
  }

  #item(item: ListItem, mark: string, width: number): string {
    const text = this.blocks(item.children, width - mark.length).join("\n");
    return indented(text, " ".repeat(mark.length)).replace(/^ */, mark);
  }

  #code(lang: string, value: string): string {
    const lines = value.split("\n").map((line) => printable(line));
    // What was measured is indented like a query, without its mark.
    if (lang === "text") return indented(lines.join("\n"), "    ");
    const mark = lang === "sh" ? "$ " : "  ";
    return lines.map((line, i) => `    ${this.#paint.green(`${i === 0 ? mark : "  "}${line}`)}`).join("\n");
  }

  #line(nodes: readonly PhrasingContent[]): string {
    return nodes.map((node) => this.#inline(node)).join("");
  }

  #inline(node: PhrasingContent): string {
    switch (node.type) {
      case "text":
        return printable(node.value);
      case "inlineCode":
        return this.#paint.green(printable(node.value));
      case "strong":
        return this.#paint.bold(this.#line(node.children));
      case "emphasis":
        return this.#classed(node, this.#line(node.children));
      case "link": {
        const text = this.#line(node.children);
        const outside = /^[a-z][a-z0-9+.-]*:/i.test(node.url);
        if (!outside || plain(node) === node.url) return this.#paint.underline(text);
        return `${text} <${this.#paint.underline(printable(node.url))}>`;
      }
      default:
        return "children" in node ? this.#line(node.children as PhrasingContent[]) : "";
    }
  }

  #classed(node: Nodes, text: string): string {
    const [name] =
      (node.data as { hProperties?: { className?: string[] } } | undefined)?.hProperties?.className ?? [];
    if (name === "critical" || name === "bad") return this.#paint.red(text);
    if (name === "warning") return this.#paint.yellow(text);
    if (name === "good" || name === "none") return this.#paint.green(text);
    return text;
  }

  #table({ children }: Table, width: number): string {
    const rows = children.map((row) => row.children.map((cell) => this.#line(cell.children)));
    // A command is pasted: it must not be broken into lines.
    const whole = children.map((row) =>
      row.children.at(-1)?.children.every((node) => node.type === "inlineCode"),
    );
    const [head = [], ...body] = rows;
    const natural = head.map((_, i) => Math.max(...rows.map((row) => stringWidth(row[i] ?? ""))));
    const gaps = 2 * (head.length - 1);
    const room = width - gaps - natural.slice(0, -1).reduce((sum, n) => sum + n, 0);
    if (room < Math.min(natural.at(-1) ?? 0, NARROWEST * 3))
      return body.map((row, i) => this.#row(head, row, { width, whole: whole[i + 1] ?? false })).join("\n\n");
    const widths = [...natural.slice(0, -1), Math.min(natural.at(-1) ?? 0, room)];
    const shown = [head.map((cell) => this.#paint.bold(cell)), ...body];
    return shown
      .map((row, i) => beside(row, whole[i] && i > 0 ? [...widths.slice(0, -1), Infinity] : widths))
      .join("\n");
  }

  /** A row of a table that is too wide: its cells below each other, each named. */
  #row(
    head: readonly string[],
    row: readonly string[],
    { width, whole }: { width: number; whole: boolean },
  ): string {
    const [first = "", ...rest] = row;
    const cells = rest.flatMap((cell, i) => {
      if (cell === "") return [];
      const text = `${this.#paint.bold(`${head[i + 1]}:`)} ${cell}`;
      const isCommand = whole && i === rest.length - 1;
      return [indented(isCommand ? text : this.#wrap(text, width - 2), "  ")];
    });
    return [this.#wrap(first, width), ...cells].join("\n");
  }

  #wrap(text: string, width: number): string {
    return wrapAnsi(text, Math.max(20, width), { trim: true });
  }
}

/** Cells of one row beside each other; only the last may take several lines. */
function beside(row: readonly string[], widths: readonly number[]): string {
  const last = row.length - 1;
  const left = row
    .slice(0, last)
    .map((cell, i) => cell + " ".repeat(Math.max(0, (widths[i] ?? 0) - stringWidth(cell))))
    .join("  ");
  const [first = "", ...more] = wrapAnsi(row[last] ?? "", Math.max(1, widths[last] ?? 1), {
    trim: true,
  }).split("\n");
  const margin = " ".repeat(stringWidth(left) + (last > 0 ? 2 : 0));
  return [`${left}${last > 0 ? "  " : ""}${first}`, ...more.map((line) => margin + line)]
    .map((line) => line.trimEnd())
    .join("\n");
}

function indented(text: string, margin: string): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? line : margin + line))
    .join("\n");
}

function plain(node: Nodes): string {
  return "value" in node ? node.value : "children" in node ? node.children.map(plain).join("") : "";
}
