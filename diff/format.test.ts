import fc from "fast-check";
import type { Nodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { expect, test } from "vitest";
import { type Change, say } from "./change.ts";
import { formatChanges } from "./format.ts";

const change = (value: string): Change => ({
  group: "changed",
  platform: value,
  kind: "alert",
  name: value,
  says: [say`was ${value}, is ${value}`],
});

const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "\u001b[2J",
    "a\n## b",
    "`` ` ```",
    "@team #1 <b>x</b> ![x](y)",
    "\u202etxt",
    "| a |\n|---|",
    "${x} %{y} {{z}}",
    "",
    "`",
    " ` ",
  ),
);

test("as Markdown no value becomes anything but code, and none is lost", () => {
  fc.assert(
    fc.property(hostile, hostile, (value, base) => {
      const nodes = all(
        fromMarkdown(formatChanges([change(value)], "markdown", base), {
          extensions: [gfm()],
          mdastExtensions: [gfmFromMarkdown()],
        }),
      );
      const types = new Set(nodes.map((node) => node.type));
      const allowed = ["root", "heading", "text", "inlineCode", "list", "listItem", "paragraph"];
      expect([...types].filter((type) => !allowed.includes(type))).toEqual([]);
      expect(nodes.filter((node) => node.type === "listItem")).toHaveLength(2);
      expect(nodes.filter((node) => node.type === "inlineCode")).toHaveLength(5);
    }),
  );
});

function all(node: Nodes): Nodes[] {
  return [node, ...("children" in node ? node.children.flatMap(all) : [])];
}

test("as text nothing moves, hides or adds a line", () => {
  fc.assert(
    fc.property(hostile, hostile, (value, base) => {
      const text = formatChanges([change(value)], "text", base);
      expect(text.split("\n")).toHaveLength(5);
      expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    }),
  );
});

test("as JSON each change is data for a program", () => {
  expect(JSON.parse(formatChanges([change("a")], "json", "main"))).toEqual({
    base: "main",
    changes: [{ group: "changed", platform: "a", kind: "alert", name: "a", says: ["was a, is a"] }],
  });
});

test("as Markdown a change reads well in a comment", () => {
  expect(formatChanges([change("queue")], "markdown", "main (0123)")).toMatchInlineSnapshot(`
    "## What this change means, since \`main (0123)\`

    ### Changed otherwise

    - alert \`queue\` of \`queue\`
      - was \`queue\`, is \`queue\`
    "
  `);
  expect(formatChanges([], "markdown", "main")).toBe("The catalog means the same as at `main`.\n");
});
