import type { PhrasingContent, Root, RootContent, TableRow } from "mdast";
import { gfmToMarkdown } from "mdast-util-gfm";
import { toMarkdown } from "mdast-util-to-markdown";
import { formatLocation, rulePage } from "./format.ts";
import { printable } from "./printable.ts";
import type { Problem } from "./problem.ts";
import { countProblems } from "./sort.ts";

// A comment on a pull request holds 65,536 characters, and nobody reads a table of hundreds.
const MOST_ROWS = 50;

/** Problems for a comment on a pull request, errors first. What they say stands in code: nothing in it is markup or a mention. */
export function markdownReport(problems: readonly Problem[]): string {
  const count = countProblems(problems);
  const gravest = (["error", "warning", "info"] as const).flatMap((severity) =>
    problems.filter((problem) => problem.severity === severity),
  );
  const rows = gravest
    .slice(0, MOST_ROWS)
    .map(({ severity, rule, message, path, location, fix }) => [
      severity,
      location ? formatLocation(location) : (path ?? ""),
      message,
      fix ?? rulePage(rule),
    ]);
  const rest = problems.length - rows.length;
  return markdown([
    sentence(problems.length === 0 ? "No problems." : `${count}.`),
    ...(rows.length > 0 ? [table(["", "Where", "What", "What to do"], rows)] : []),
    ...(rest > 0 ? [sentence(`And ${rest} more.`)] : []),
  ]);
}

/** Blocks as the text of a Markdown document. */
export function markdown(children: RootContent[]): string {
  const page: Root = { type: "root", children };
  return toMarkdown(page, { bullet: "-", extensions: [gfmToMarkdown()] });
}

/** A paragraph of the project's own words. */
export function sentence(value: string): RootContent {
  return { type: "paragraph", children: [{ type: "text", value }] };
}

/** Words that anybody may have written, as code: nothing in them is markup, a mention or a link to an issue. */
export function quoted(value: string): PhrasingContent {
  return { type: "inlineCode", value: printable(value) };
}

/** A table: heads are the project's own words, cells are values. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): RootContent {
  const row = (cells: PhrasingContent[][]): TableRow => ({
    type: "tableRow",
    children: cells.map((children) => ({ type: "tableCell", children })),
  });
  return {
    type: "table",
    children: [
      row(heads.map((value) => (value === "" ? [] : [{ type: "text", value }]))),
      ...rows.map((cells) => row(cells.map((value) => (value === "" ? [] : [quoted(value)])))),
    ],
  };
}
