import type { List, PhrasingContent, Root, RootContent } from "mdast";
import { toMarkdown } from "mdast-util-to-markdown";
import { printable, printableJson } from "../problems/printable.ts";
import { type Change, groups, plainText, type Sentence, say } from "./change.ts";
import type { PolicyChanges } from "./policies.ts";

export type DiffFormat = "text" | "json" | "markdown";

/** Changes since `base` for a terminal, a program, or a comment on a pull request. Nothing in them can break out of its place. */
export function formatChanges(changes: readonly Change[], format: DiffFormat, base: string): string {
  if (format === "json") return printableJson({ base, changes: changes.map(plain) });
  if (format === "markdown") return toMarkdown(page(changes, base), { bullet: "-" });
  return text(changes, base);
}

/** The same of policies, with who has to agree. */
export function formatPolicyChanges(
  { changes, approvals }: PolicyChanges,
  format: DiffFormat,
  base: string,
): string {
  if (format === "json") return printableJson({ base, changes: changes.map(plain), approvals });
  if (changes.length === 0) return plainText(["The policies ask the same as at ", { value: base }, "."]);
  const told = formatChanges(changes, format, base);
  if (approvals.length === 0) return told;
  const title = "Needs the agreement of";
  if (format === "text") {
    const lines = approvals.map(({ gate, roles }) => printable(`  ${gate}: ${roles.join(" and ")}`));
    return [told, "", `${title}:`, ...lines].join("\n");
  }
  const says = approvals.map(({ gate, roles }) => say`${gate}: ${roles.join(" and ")}`);
  const heading: RootContent = { type: "heading", depth: 3, children: [{ type: "text", value: title }] };
  const agreed = list(says.map((head) => ({ head, says: [] })));
  return `${told}\n${toMarkdown({ type: "root", children: [heading, agreed] }, { bullet: "-" })}`;
}

const plain = (change: Change) => ({ ...change, says: change.says.map(plainText) });

function nothing(base: string): Sentence {
  return ["The catalog means the same as at ", { value: base }, "."];
}

function text(changes: readonly Change[], base: string): string {
  if (changes.length === 0) return plainText(nothing(base));
  const parts = byGroup(changes).map(([title, members]) =>
    [
      `${title}:`,
      ...members.flatMap(({ platform, kind, name, says }) => [
        `  ${printable(`${platform}: ${kind} ${name}`)}`,
        ...says.map((sentence) => `    ${plainText(sentence)}`),
      ]),
    ].join("\n"),
  );
  return [`Since ${printable(base)}`, ...parts].join("\n\n");
}

// Values stand in code: no mention of a person, no reference to an issue, no markup comes of them.
function page(changes: readonly Change[], base: string): Root {
  if (changes.length === 0)
    return { type: "root", children: [{ type: "paragraph", children: phrasing(nothing(base)) }] };
  const parts = byGroup(changes).flatMap(([title, members]): RootContent[] => [
    { type: "heading", depth: 3, children: [{ type: "text", value: title }] },
    list(
      members.map(({ platform, kind, name, says }) => ({
        head: [`${kind} `, { value: name }, " of ", { value: platform }],
        says,
      })),
    ),
  ]);
  const title: RootContent = {
    type: "heading",
    depth: 2,
    children: [{ type: "text", value: "What this change means, since " }, code(base)],
  };
  return { type: "root", children: [title, ...parts] };
}

function list(entries: readonly { head: Sentence; says: readonly Sentence[] }[]): List {
  const item = (children: PhrasingContent[], nested: List[] = []) => ({
    type: "listItem" as const,
    spread: false,
    children: [{ type: "paragraph" as const, children }, ...nested],
  });
  return {
    type: "list",
    spread: false,
    children: entries.map(({ head, says }) =>
      item(
        phrasing(head),
        says.length === 0
          ? []
          : [{ type: "list", spread: false, children: says.map((sentence) => item(phrasing(sentence))) }],
      ),
    ),
  };
}

function phrasing(sentence: Sentence): PhrasingContent[] {
  return sentence.map((part) =>
    typeof part === "string" ? { type: "text", value: printable(part) } : code(part.value),
  );
}

function code(value: string): PhrasingContent {
  // Markdown has no code without anything in it.
  return { type: "inlineCode", value: printable(value) || "(nothing)" };
}

function byGroup(changes: readonly Change[]): [title: string, members: Change[]][] {
  return Object.entries(groups).flatMap(([group, title]): [string, Change[]][] => {
    const members = changes.filter((change) => change.group === group);
    return members.length > 0 ? [[title, members]] : [];
  });
}
