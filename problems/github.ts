import { printable } from "./printable.ts";
import type { Problem, Severity } from "./problem.ts";

const COMMANDS: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "notice" };

/** Problems as GitHub Actions' workflow commands, which it shows beside the changed lines. */
export function githubAnnotations(problems: readonly Problem[]): string {
  return problems.map((problem) => `${annotation(problem)}\n`).join("");
}

function annotation({ severity, rule, message, path, location, fix }: Problem): string {
  const place = location ? { file: location.file, line: location.line, col: location.column } : {};
  const properties = Object.entries({ ...place, title: rule })
    .map(([name, value]) => `${name}=${propertyValue(String(value))}`)
    .join(",");
  const where = path === undefined ? "" : `${path}: `;
  const lines = [`${where}${message}`, ...(fix === undefined ? [] : [fix])];
  return `::${COMMANDS[severity]} ${properties}::${lines.map((line) => data(line)).join("%0A")}`;
}

// As actions/toolkit escapes them: packages/core/src/command.ts.
function data(text: string): string {
  return printable(text).replaceAll("%", "%25");
}

function propertyValue(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
