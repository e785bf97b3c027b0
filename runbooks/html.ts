import type { Element } from "hast";
import type { Heading, Root } from "mdast";
import { blockHtml, wordsIn } from "./html-body.ts";
import { element, openTag, text } from "./html-element.ts";

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

/** A page as HTML: no script, nothing from elsewhere, the style sheet beside it. */
export function htmlOf(page: Root, frame: Frame): string {
  const body = element("body", {}, trail(frame) + sections(page) + main(page));
  return `<!doctype html>${element("html", { lang: "en" }, head(frame) + body)}\n`;
}

function head({ title, top }: Frame): string {
  const policy = "script-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'";
  const content = [
    openTag("meta", { charset: "utf-8" }),
    openTag("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    openTag("meta", { name: "color-scheme", content: "light dark" }),
    openTag("meta", { "http-equiv": "Content-Security-Policy", content: policy }),
    element("title", {}, text(title)),
    openTag("link", { rel: "stylesheet", href: `${top}/page.css` }),
  ];
  return element("head", {}, content.join(""));
}

function trail(frame: Frame): string {
  const links = frame.trail.map(({ href, text: name }) => element("a", { href }, text(name)));
  return element("nav", { "aria-label": "You are here", class: "trail" }, links.join(""));
}

/** Links to the sections of the page: on a phone everything else is far away. */
function sections({ children }: Root): string {
  const headings = children.filter((node): node is Heading => node.type === "heading" && node.depth === 2);
  const links = headings.map((h) =>
    element("a", { href: `#${h.data?.hProperties?.id ?? ""}` }, text(wordsIn(h))),
  );
  return element("nav", { "aria-label": "On this page", class: "sections" }, links.join(""));
}

function main({ children }: Root): string {
  const made = element("code", {}, text("fairlead generate"));
  const footer = element("footer", {}, `${text("Written by ")}${made}${text(" from the catalog.")}`);
  return element("main", {}, `${children.map(blockHtml).join("\n")}\n${footer}`);
}
