import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Nodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { expect, test } from "vitest";
import { rootFolder } from "./structure/source-files.ts";

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...(await readdir(join(rootFolder, "docs"), { recursive: true }))
    .filter((name) => name.endsWith(".md") && !name.startsWith("rules/"))
    .map((name) => `docs/${name}`),
];

test.each(pages.sort())("links of %s to other files lead there", async (page) => {
  const links = linksIn(await readFile(join(rootFolder, page), "utf8"));
  const gone = links.filter((url) => !existsSync(join(rootFolder, dirname(page), url)));
  expect(gone).toEqual([]);
});

test("every page of the guides is reached from the documentation's first page", async () => {
  const links = linksIn(await readFile(join(rootFolder, "docs/README.md"), "utf8"));
  const guides = pages.filter((page) => /^docs\/(guide|development|commands)\//.test(page));
  expect(guides.map((page) => page.slice("docs/".length)).filter((page) => !links.includes(page))).toEqual(
    [],
  );
});

/** Addresses of links that are no web pages, without what they name inside of a page. */
function linksIn(markdown: string): string[] {
  const tree = fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  return urlsOf(tree).flatMap((url) => (/^[a-z]+:/.test(url) ? [] : (url.split("#")[0] ?? [])));
}

function urlsOf(node: Nodes): string[] {
  const own = node.type === "link" ? [node.url] : [];
  return [...own, ...("children" in node ? node.children.flatMap((child) => urlsOf(child)) : [])];
}
