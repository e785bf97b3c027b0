import fc from "fast-check";
import type { Root } from "mdast";
import { expect, test } from "vitest";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { filledIn, findPage } from "./find.ts";
import { markdownOf } from "./markdown.ts";
import { terminalText } from "./terminal.ts";

const model = modelOf([shop, { ...shop, name: "books", title: "Books" }], policies);

test.each([
  ["shop/api-down", "shop/api-down"],
  ["shop/ApiDown", "shop/api-down"],
  ["books/roll-back", "books/roll-back"],
])("%s is the page %s", (id, found) => expect(findPage(model, id).id).toBe(found));

test("a misspelt name gets its near match, and a name of two platforms the choice", () => {
  expect(() => findPage(model, "ApiDwon")).toThrow('no runbook is called "ApiDwon"');
  expect(() => findPage(model, "ApiDown")).toThrow('2 platforms have a runbook "ApiDown"');
});

test("with one environment, commands name its context and namespace and need nothing set before", () => {
  const [platform] = model.platforms;
  const prod = platform?.environments.find((e) => e.name === "prod");
  if (!prod) throw new Error("the shop has prod");
  for (const id of ["books/api-down", "books/scale", "books/rotate-secrets"]) {
    const text = markdownOf(filledIn(findPage(model, id).tree, prod));
    expect(text).toContain(`kubectl --context ${prod.context} -n ${prod.namespace} `);
    expect(text).not.toContain("$NAMESPACE");
  }
});

const lines = (page: Root, width: number) => terminalText(page, { width, color: false }).split("\n");

test("prose is wrapped at the width; commands and queries are not, for they are copied", () => {
  const { tree } = findPage(model, "shop/deploy");
  const all = lines(tree, 60);
  const code = new Set<string>();
  for (const line of all) if (line.length > 60) code.add(line.trim().split(" ")[0] ?? "");
  expect([...code].every((word) => /^(\$|ALERTS|min|•|<?https?:|Paste|\S{50,})/.test(word))).toBe(true);
  expect(all.some((line) => line.includes("$ npx fairlead generate --check && npx fairlead check"))).toBe(
    true,
  );
});

test("without colour there is no control sequence, with colour the text is the same", () => {
  const { tree } = findPage(model, "shop/api-down");
  const plain = terminalText(tree, { width: 80, color: false });
  const coloured = terminalText(tree, { width: 80, color: true });
  expect(plain.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  expect(coloured).toContain("\u001b[");
  expect(coloured.replace(/\u001b\[\d+m/g, "")).toBe(plain);
});

test("no text of a page reaches the terminal as a control sequence", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      fc.constantFrom("\u001b[2J", "\u202e", "\r", "\u0007"),
      (text, evil) => {
        const value = `${text}${evil}`;
        const cell = { type: "tableCell" as const, children: [{ type: "text" as const, value }] };
        const row = { type: "tableRow" as const, children: [cell, cell] };
        const page: Root = {
          type: "root",
          children: [
            { type: "heading", depth: 1, children: [{ type: "text", value }] },
            {
              type: "paragraph",
              children: [
                {
                  type: "link",
                  url: `https://x.example/${value}`,
                  children: [{ type: "inlineCode", value }],
                },
              ],
            },
            { type: "code", lang: "sh", value },
            { type: "code", lang: "text", value },
            { type: "table", children: [row, row] },
          ],
        };
        expect(terminalText(page, { width: 40, color: false }).replaceAll("\n", "")).not.toMatch(
          /[\p{Cc}\p{Cf}]/u,
        );
      },
    ),
  );
});
