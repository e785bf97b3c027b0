import { formatProblems } from "./format.ts";
import { githubAnnotations } from "./github.ts";
import { junitReport } from "./junit.ts";
import { markdownReport } from "./markdown.ts";
import { printableJson } from "./printable.ts";
import type { Problem, Severity } from "./problem.ts";
import { type SarifOptions, sarifLog } from "./sarif.ts";
import { sortProblems } from "./sort.ts";

/** The forms in which `--format` gives problems. */
export const reportFormats = ["text", "json", "markdown", "sarif", "junit", "github"] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** Problems in the form that a person, a script, a pull request, a code scanner or a CI server reads; always sorted, always with an end of line. */
export function reportProblems(
  problems: readonly Problem[],
  format: ReportFormat,
  options: { color: boolean } & SarifOptions,
): string {
  const sorted = sortProblems(problems);
  switch (format) {
    case "text":
      return `${formatProblems(sorted, options)}\n`;
    case "json":
      return `${printableJson({ problems: sorted, counts: counts(sorted) })}\n`;
    case "markdown":
      return markdownReport(sorted);
    case "github":
      return githubAnnotations(sorted);
    case "sarif":
      return `${printableJson(sarifLog(sorted, options))}\n`;
    case "junit":
      return junitReport(sorted);
  }
}

function counts(problems: readonly Problem[]): Record<Severity, number> {
  const count = (severity: Severity) => problems.filter((p) => p.severity === severity).length;
  return { error: count("error"), warning: count("warning"), info: count("info") };
}
