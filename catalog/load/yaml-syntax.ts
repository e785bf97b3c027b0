import { type Document, visit, type YAMLError } from "yaml";
import { lineStarts, positionAt } from "./text-lines.ts";
import type { YamlFault } from "./yaml-nodes.ts";

/** What the parser could not read. Of several errors in a line only the first is told: the others follow from it. */
export function syntaxFaults(documents: readonly Document.Parsed[], text: string): YamlFault[] {
  const errors = documents.flatMap((document) => document.errors.map((error) => ({ error, document })));
  // A tab confuses all that follows it.
  const tabs = errors.filter(({ error }) => error.code === "TAB_AS_INDENT");
  const faults = (tabs.length > 0 ? tabs : errors).map(faultOf).sort((a, b) => a.offset - b.offset);
  // To look for the lines of a file again for each of its documents would take longer than to read them.
  const starts = faults.length > 0 ? lineStarts(text) : [];
  const lines = faults.map((fault) => positionAt(starts, fault.offset).line);
  return [...faults.filter((_, i) => lines.indexOf(lines[i] ?? 0) === i), ...severalDocuments(documents)];
}

function faultOf({
  error: { code, message, pos },
  document,
}: {
  error: YAMLError;
  document: Document.Parsed;
}): YamlFault {
  const fault = { offset: pos[0], fatal: true } as const;
  if (code === "TAB_AS_INDENT") {
    return {
      ...fault,
      rule: "yaml/tab",
      message: "a tab stands where YAML needs spaces",
      fix: "indent with spaces",
    };
  }
  if (code === "RESOURCE_EXHAUSTION") {
    return { ...fault, rule: "yaml/too-deep", message: "the file is nested too deeply", fix: "nest less" };
  }
  if (/^Missing closing .?quote/.test(message)) {
    const offset = openQuote(document, pos[0]);
    return {
      ...fault,
      offset,
      rule: "yaml/syntax-error",
      message: "the quotes are not closed",
      fix: "close them",
    };
  }
  const said = message.charAt(0).toLowerCase() + message.slice(1);
  return { ...fault, rule: "yaml/syntax-error", message: said, fix: FIXES[code] ?? "correct the line" };
}

const FIXES: Partial<Record<YAMLError["code"], string>> = {
  BAD_INDENT: "indent the line like those beside it",
  BAD_SCALAR_START: "put the text in quotes",
  BLOCK_AS_IMPLICIT_KEY: "put the text in quotes if it holds ': '",
  BAD_DQ_ESCAPE: "write \\\\ for a backslash, or use single quotes",
  MISSING_CHAR: "close what was opened, or put the text in quotes",
  MULTILINE_IMPLICIT_KEY: "write the key on one line and a ':' behind it",
};

// The parser notices at the end of the file; what is wrong is where the quotes open.
function openQuote(document: Document.Parsed, end: number): number {
  let offset = end;
  visit(document, {
    Scalar: (_, { type, range }) => {
      if (type?.startsWith("QUOTE") && range && range[0] <= end && range[1] >= end) offset = range[0];
    },
  });
  return offset;
}

function severalDocuments(documents: readonly Document.Parsed[]): YamlFault[] {
  const second = documents[1];
  if (!second) return [];
  return [
    {
      rule: "yaml/several-documents",
      message: `the file holds ${documents.length} documents; only one can be read`,
      fix: "put each document in a file of its own",
      offset: second.contents?.range?.[0] ?? second.range[0],
    },
  ];
}
