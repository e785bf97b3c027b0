import fc from "fast-check";
import { toHtml } from "hast-util-to-html";
import type { Root } from "mdast";
import { toHast } from "mdast-util-to-hast";
import { expect, test } from "vitest";
import { howMany } from "../tests/how-many.ts";
import { block } from "./fixtures/blocks.ts";
import { htmlOf } from "./html.ts";
import { blockHtml } from "./html-body.ts";
import { heading, link, paragraph, table, title } from "./tree.ts";

test("a block is what the libraries of unified make of it, letter by letter", () => {
  fc.assert(
    fc.property(block, (block) => {
      const page: Root = { type: "root", children: [block] };
      // Both are ours: the one for phones, the other because pages link to pages.
      const own = blockHtml(block).replace(/ (?:scope|data-label)="[^"]*"/g, "");
      expect(own).toBe(toHtml(toHast(page)).replaceAll('href="page.md"', 'href="page.html"'));
    }),
    { numRuns: howMany(5000, 100_000) },
  );
});

test("a cell says under which column it stands, and a header that it is one", () => {
  expect(blockHtml(table(["A & B"], [[["one"]]]))).toMatchInlineSnapshot(`
    "<table>
    <thead>
    <tr>
    <th scope="col">A &#x26; B</th>
    </tr>
    </thead>
    <tbody>
    <tr>
    <td data-label="A &#x26; B">one</td>
    </tr>
    </tbody>
    </table>"
  `);
});

test("a link to another page leads to its HTML, one to elsewhere where it says", () => {
  const hrefs = ["other.md", "https://a.example/x.md", "a.md#b", 'javascript:alert(1)"><script>'].map(
    (url) => /href="([^"]*)"/.exec(blockHtml(paragraph(link(url, "x"))))?.[1],
  );
  expect(hrefs).toMatchInlineSnapshot(`
    [
      "other.html",
      "https://a.example/x.md",
      "a.md#b",
      "javascript:alert(1)%22%3E%3Cscript%3E",
    ]
  `);
});

test("title, trail and section names are text", () => {
  const page: Root = { type: "root", children: [title("T"), heading(2, "<b> & co")] };
  const frame = { title: "</title><script>", top: "..", trail: [{ href: 'a"b', text: "<i>" }] };
  expect(htmlOf(page, frame).replace(/<meta[^>]*>/g, "")).toMatchInlineSnapshot(`
    "<!doctype html><html lang="en"><head><title>&#x3C;/title>&#x3C;script></title><link rel="stylesheet" href="../page.css"></head><body><nav aria-label="You are here" class="trail"><a href="a&#x22;b">&#x3C;i></a></nav><nav aria-label="On this page" class="sections"><a href="#b--co">&#x3C;b> &#x26; co</a></nav><main><h1>T</h1>
    <h2 id="b--co">&#x3C;b> &#x26; co</h2>
    <footer>Written by <code>fairlead generate</code> from the catalog.</footer></main></body></html>
    "
  `);
});
