import type { PhrasingContent, RootContent, TableCell } from "mdast";
import { markdown, quoted, sentence } from "../../problems/markdown.ts";
import { printable } from "../../problems/printable.ts";
import type { ChangeSet, Repository } from "./change-set.ts";

/** The description of one repository's pull request, Markdown: why, and all repositories of the set in order with links to their pull requests. */
export function descriptionOf(set: ChangeSet, { name }: Repository): string {
  const { repositories } = set;
  const place = repositories.findIndex((one) => one.name === name) + 1;
  const heads = ["", "Repository", "Pull request", "Change", "Needs"].map((value) => cell(text(value)));
  const rows = repositories.map((one, i) => [
    cell(text(`${i + 1}`)),
    cell(one.name === name ? { type: "strong", children: [quoted(one.name)] } : quoted(one.name)),
    cell(linkOf(one, name)),
    cell(quoted(one.change), text(" into "), quoted(one.target)),
    cell(...one.needs.flatMap((need, i) => [...(i > 0 ? [text(", ")] : []), quoted(need)])),
  ]);
  const which: RootContent = {
    type: "paragraph",
    children: [
      text(`Part ${place} of ${repositories.length} of the change set `),
      quoted(set.name),
      text(": all of them are committed, in this order, or none. Do not merge this pull request alone."),
    ],
  };
  const why = set.why.split("\n").map(printable).join("\n");
  const children = [heads, ...rows].map((row) => ({ type: "tableRow" as const, children: row }));
  return markdown([sentence(why), which, { type: "table", children }]);
}

function linkOf({ name, pullRequest }: Repository, here: string): PhrasingContent {
  if (name === here) return text("this one");
  if (pullRequest === undefined) return text("none yet");
  return { type: "link", url: pullRequest, children: [quoted(pullRequest)] };
}

function cell(...children: PhrasingContent[]): TableCell {
  return { type: "tableCell", children: children.filter((one) => !("value" in one) || one.value !== "") };
}

function text(value: string): PhrasingContent {
  return { type: "text", value };
}
