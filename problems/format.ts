import pc from "picocolors";
import { printable } from "./printable.ts";
import type { Location, Problem, Severity } from "./problem.ts";
import { countProblems, sortProblems } from "./sort.ts";

export { sortProblems } from "./sort.ts";

type Colors = ReturnType<typeof pc.createColors>;

// Rule and page stand in this column, further right where the text on their left is longer.
const COLUMN = 46;
const GAP = 8;

/** Problems as a person reads them, sorted by place, with their number at the end; nothing in them can reach the terminal. */
export function formatProblems(problems: readonly Problem[], options: { color: boolean }): string {
  const colors = pc.createColors(options.color);
  const shown = sortProblems(problems).map((problem) => formatProblem(problem, colors));
  return [...shown, colors.bold(countProblems(problems))].join("\n\n");
}

/** Where a problem is, for people and editors: `file:line:column`. */
export function formatLocation({ file, line, column, exact }: Location): string {
  return `${printable(file)}:${line}:${column}${exact ? "" : " (nearest place found)"}`;
}

/** The page, from the package's root, that explains a rule. */
export function rulePage(rule: string): string {
  return `docs/rules/${rule}.md`;
}

function formatProblem(problem: Problem, colors: Colors): string {
  const { location, path } = problem;
  const place = [location && formatLocation(location), path && printable(path)].filter(Boolean).join(", ");
  const known = [place && `  → ${place}`, problem.fix && `  ${printable(problem.fix)}`].filter(
    (text) => !!text,
  );
  const left = [known[0] ?? "", known[1] ?? ""];
  const right = [printable(problem.rule), printable(rulePage(problem.rule))].map((text) => colors.dim(text));
  return [
    `${mark(problem.severity, colors)} ${colors.bold(printable(problem.message))}`,
    ...left.map((text, i) => `${text.padEnd(Math.max(COLUMN, text.length + GAP))}${right[i]}`),
  ].join("\n");
}

function mark(severity: Severity, colors: Colors): string {
  if (severity === "error") return colors.red("✖");
  return severity === "warning" ? colors.yellow("⚠") : colors.cyan("ℹ");
}
