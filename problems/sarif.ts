import { createHash } from "node:crypto";
import { rulePage } from "./format.ts";
import { printable } from "./printable.ts";
import type { Problem, Severity } from "./problem.ts";

const LEVELS: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "note" };

/** What a log says of who made it, beside the problems themselves. */
export interface SarifOptions {
  /** What was run, such as "check": logs of several commands stand side by side, and each replaces its own of before. */
  command?: string;
  /** Fairlead's own version. */
  version?: string;
  /** The text of a page (`docs/rules/….md`), which code scanners show beside a result. */
  readPage?: (page: string) => string | undefined;
}

/** Problems as a log of the Static Analysis Results Interchange Format, version 2.1.0 (OASIS), which code scanners read. */
export function sarifLog(problems: readonly Problem[], options: SarifOptions = {}): object {
  const { command, version } = options;
  const rules = [...new Set(problems.map((p) => p.rule))].sort();
  const prints = fingerprints(problems);
  const driver = {
    name: "fairlead",
    ...(version && { version }),
    rules: rules.map((id) => rule(id, options)),
  };
  return {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver },
        ...(command && { automationDetails: { id: `fairlead/${command}/` } }),
        columnKind: "utf16CodeUnits",
        results: problems.map((problem, i) => ({
          ...result(problem, rules.indexOf(problem.rule)),
          // The one name of a fingerprint that GitHub compares.
          partialFingerprints: { primaryLocationLineHash: prints[i] },
        })),
      },
    ],
  };
}

// A page's URI names it inside of the package (package-url/purl-spec): it is at hand wherever Fairlead is installed.
function rule(id: string, { version, readPage }: SarifOptions): object {
  const page = rulePage(id);
  const text = readPage?.(page);
  const [, title] = /^# \S+: (.+)$/m.exec(text ?? "") ?? [];
  return {
    id,
    ...(title && { shortDescription: { text: title } }),
    helpUri: `pkg:npm/fairlead${version ? `@${version}` : ""}#${uriOf(page)}`,
    help: { text: text ?? page, ...(text && { markdown: text }) },
  };
}

/** What tells one result from the others and stays when lines above it come and go: rule, file and entry, and which of several alike. */
function fingerprints(problems: readonly Problem[]): string[] {
  const seen = new Map<string, number>();
  return problems.map(({ rule: id, location, path, message }) => {
    const what = JSON.stringify([id, location?.file ?? "", path ?? message]);
    const hash = createHash("sha256").update(what).digest("hex").slice(0, 16);
    const nth = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, nth);
    return `${hash}:${nth}`;
  });
}

function result(
  { rule: ruleId, severity, message, fix, path, location }: Problem,
  ruleIndex: number,
): object {
  const sentences = fix === undefined ? [message] : [message, fix];
  return {
    ruleId,
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
