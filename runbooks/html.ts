import type { Element, ElementContent, Root as Hast, Properties } from "hast";
import { toHtml } from "hast-util-to-html";
import type { Root } from "mdast";
import { defaultHandlers, type Handlers, toHast } from "mdast-util-to-hast";

declare module "mdast" {
  interface CodeData {
    /** What HTML shows in place of the code: a drawing. */
    drawing?: Element;
  }
}

/** What surrounds a page in HTML. */
export interface Frame {
  title: string;
  /** Path from the page to the folder of all runbooks: "." or "..". */
  top: string;
  /** Where the reader is, from the outside in. */
  trail: { href: string; text: string }[];
}

/** A page as HTML: no script, nothing from elsewhere, the style sheet beside it. Raw HTML cannot get in: the tree holds none. */
export function htmlOf(page: Root, frame: Frame): string {
  const body = toHast(page, { handlers }) as Hast;
  const content = body.children as ElementContent[];
  const document: Hast = {
    type: "root",
    children: [
      { type: "doctype" },
      element("html", { lang: "en" }, [
        head(frame),
        element("body", {}, [trail(frame), sections(content), main(content)]),
      ]),
    ],
  };
  return `${toHtml(document)}\n`;
}

function head({ title, top }: Frame): Element {
  const policy = "script-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'";
  return element("head", {}, [
    element("meta", { charSet: "utf-8" }),
    element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    element("meta", { name: "color-scheme", content: "light dark" }),
    element("meta", { httpEquiv: ["Content-Security-Policy"], content: policy }),
    element("title", {}, [text(title)]),
    element("link", { rel: ["stylesheet"], href: `${top}/page.css` }),
  ]);
}

function trail(frame: Frame): Element {
  const links = frame.trail.map(({ href, text: name }) => element("a", { href }, [text(name)]));
  return element("nav", { ariaLabel: "You are here", className: ["trail"] }, links);
}

/** Links to the sections of the page: on a phone everything else is far away. */
function sections(content: ElementContent[]): Element {
  const headings = content.filter((node) => node.type === "element" && node.tagName === "h2") as Element[];
  const links = headings.map((h) => element("a", { href: `#${h.properties.id}` }, [text(textOf(h))]));
  return element("nav", { ariaLabel: "On this page", className: ["sections"] }, links);
}

function main(content: ElementContent[]): Element {
  const footer = element("footer", {}, [
    text("Written by "),
    element("code", {}, [text("fairlead generate")]),
    text(" from the catalog."),
  ]);
  return element("main", {}, [...content, text("\n"), footer]);
}

const handlers: Handlers = {
  // The tree names pages by their Markdown file.
  link: (state, node) => {
    const isPage = /^[^:#?]+\.md$/.test(node.url);
    return defaultHandlers.link(state, isPage ? { ...node, url: node.url.replace(/\.md$/, ".html") } : node);
  },
  code: (state, node) => node.data?.drawing ?? defaultHandlers.code(state, node),
  // On a phone each row becomes a block: its cells then say which column they stand for.
  table: (state, node) => {
    const made = defaultHandlers.table(state, node);
    const rows = elements(made).flatMap(elements);
    const names = elements(rows[0]).map(textOf);
    for (const row of rows) {
      elements(row).forEach((cell, i) => {
        if (cell.tagName === "th") cell.properties.scope = "col";
        else cell.properties.dataLabel = names[i] ?? "";
      });
    }
    return made;
  },
};

const elements = (parent: Element | undefined): Element[] =>
  parent?.children.filter((child) => child.type === "element") ?? [];

function textOf(node: Element): string {
  return node.children
    .map((child) => (child.type === "text" ? child.value : child.type === "element" ? textOf(child) : ""))
    .join("");
}

function element(tagName: string, properties: Properties, children: ElementContent[] = []): Element {
  return { type: "element", tagName, properties, children };
}

function text(value: string): ElementContent {
  return { type: "text", value };
}
