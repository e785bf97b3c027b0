import { rulePage } from "./format.ts";
import { printable } from "./printable.ts";
import type { Problem, Severity } from "./problem.ts";

const LEVELS: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "note" };

/** Problems as a log of the Static Analysis Results Interchange Format, version 2.1.0 (OASIS), which code scanners read. */
export function sarifLog(problems: readonly Problem[]): object {
  const rules = [...new Set(problems.map((p) => p.rule))].sort();
  return {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: { name: "fairlead", rules: rules.map((id) => ({ id, help: { text: rulePage(id) } })) },
        },
        columnKind: "utf16CodeUnits",
        results: problems.map((problem) => result(problem, rules.indexOf(problem.rule))),
      },
    ],
  };
}

function result({ rule, severity, message, fix, path, location }: Problem, ruleIndex: number): object {
  const sentences = fix === undefined ? [message] : [message, fix];
  return {
    ruleId: rule,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: sentences.map(printable).join("\n") },
    ...((location || path !== undefined) && {
      locations: [
        {
          ...(location && {
            physicalLocation: {
              artifactLocation: { uri: uriOf(location.file), uriBaseId: "%SRCROOT%" },
              region: { startLine: location.line, startColumn: location.column },
            },
          }),
          ...(path !== undefined && { logicalLocations: [{ fullyQualifiedName: printable(path) }] }),
        },
      ],
    }),
  };
}

// A relative reference of RFC 3986; a colon in the first part would make it a scheme.
function uriOf(file: string): string {
  return file
    .split("/")
    .map((part) => encodeURIComponent(part.replace(/\p{Cs}/gu, "\uFFFD")))
    .join("/");
}
