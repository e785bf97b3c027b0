import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Location, Problem } from "../../problems/problem.ts";
import type { SchemaIssue } from "../../problems/schema-issue.ts";
import { lineStarts, positionAt } from "./text-lines.ts";
import type { YamlFault } from "./yaml-nodes.ts";
import type { YamlPlaces } from "./yaml-places.ts";
import { plainDocuments } from "./yaml-plain.ts";
import { decodeYaml } from "./yaml-text.ts";

/** A YAML file that was read, whatever is wrong with it. */
export interface YamlFile {
  /** Relative to the project root. */
  file: string;
  /** What it says, as plain data; undefined when it could not be read. */
  value: unknown;
  problems: Problem[];
  /** Where the value at `path` is written; for a missing one, what is around it. */
  locate(path: readonly (string | number)[]): Location;
  /** Where the key at the end of `path` is written. */
  locateKey(path: readonly (string | number)[]): Location;
}

// What other tools read differently is an error: a gate must not mean one thing here and another there.
const WARNINGS = new Set(["yaml/byte-order-mark"]);

/** Reads a YAML 1.2 file of the project. It never throws for what is in the file: every fault is a Problem with its place. */
export async function readYaml(root: string, file: string): Promise<YamlFile> {
  const [only] = await read(root, file, parse);
  return only ?? { file, value: undefined, problems: [], ...nowhere(file) };
}

/** The same of a file of any number of documents, those that hold nothing left out; a file of none is one whose only Problem says so. */
export async function readYamlDocuments(root: string, file: string): Promise<YamlFile[]> {
  return read(root, file, parseEach);
}

async function read(
  root: string,
  file: string,
  parser: (text: string) => Promise<Parsed[]>,
): Promise<YamlFile[]> {
  const bytes = await readFile(path.resolve(root, file)).catch((error: NodeJS.ErrnoException) => error);
  if (bytes instanceof Error) return [unreadable(file, bytes)];
  const { text, faults } = decodeYaml(bytes);
  const starts = lineStarts(text);
  const at = (offset: number): Location => ({ file, ...positionAt(starts, offset), exact: true });
  const problems = (all: readonly YamlFault[]) => all.map((fault) => problemOf(fault, at(fault.offset)));
  if (faults.some((fault) => fault.fatal))
    return [{ file, value: undefined, problems: problems(faults), ...nowhere(file) }];
  const documents = await parser(text);
  return documents.map((parsed, i) => ({
    file,
    value: parsed.value,
    // What is wrong with the bytes is told once.
    problems: problems([...(i === 0 ? faults : []), ...parsed.faults].sort((a, b) => a.offset - b.offset)),
    locate: (way) => at(parsed.places?.value(way) ?? 0),
    locateKey: (way) => at(parsed.places?.key(way) ?? 0),
  }));
}

/** What a schema says of a file that was read, in its places, an unknown key at its own line; nothing that only follows from what is wrong with the YAML. */
export function problemsIn(doc: YamlFile, issues: readonly SchemaIssue[]): Problem[] {
  const problems = issues.map(
    ({ rule, message, path: way, fix, atKey }): Problem => ({
      rule,
      severity: "error",
      message,
      ...(way.length > 0 && { path: dotted(way) }),
      location: atKey ? doc.locateKey(way) : doc.locate(way),
      ...(fix !== undefined && { fix }),
    }),
  );
  // A key that is there twice says nothing against its value; whatever else is wrong with a line is wrong with what it holds.
  const faults = doc.problems.filter((p) => p.rule !== "yaml/duplicate-key" && !WARNINGS.has(p.rule));
  const lines = new Set(faults.map((p) => p.location?.line));
  const isMerged = faults.some((p) => p.rule === "yaml/merge-key");
  return problems.filter(
    ({ rule, location }) => !lines.has(location?.line) && !(isMerged && rule === "schema/missing"),
  );
}

interface Parsed {
  value: unknown;
  faults: readonly YamlFault[];
  places: YamlPlaces | undefined;
}

async function parse(text: string): Promise<Parsed[]> {
  const { documents, syntaxFaults, ...readers } = await documentsOf(text);
  const [document] = documents;
  if (!document || document.contents === null)
    return [{ value: undefined, faults: [EMPTY], places: undefined }];
  return [readers.parsedOf(document, syntaxFaults(documents, text))];
}

async function parseEach(text: string): Promise<Parsed[]> {
  const plain = plainDocuments(text);
  if (plain && plain.length > 0) return plain.map((document) => ({ ...document, faults: [] }));
  const { documents, syntaxFaults, ...readers } = await documentsOf(text);
  // Behind `---` nothing at all is a scalar without a value.
  const isFull = ({ contents, errors }: (typeof documents)[number]) =>
    errors.length > 0 || (contents !== null && !(readers.isScalar(contents) && contents.value === null));
  const full = documents.filter(isFull);
  if (full.length === 0) return [{ value: undefined, faults: [EMPTY], places: undefined }];
  return full.map((document) => readers.parsedOf(document, syntaxFaults([document], text)));
}

async function documentsOf(text: string) {
  // Only a run that reads YAML needs its parser.
  const [{ parseAllDocuments, isScalar }, { nodeFaults }, { syntaxFaults }, { yamlPlaces }] =
    await Promise.all([
      import("yaml"),
      import("./yaml-nodes.ts"),
      import("./yaml-syntax.ts"),
      import("./yaml-places.ts"),
    ]);
  const parsed = parseAllDocuments(text, {
    schema: "core",
    version: "1.2",
    prettyErrors: false,
    uniqueKeys: false, // reported with its key by nodeFaults
    logLevel: "error",
  });
  const documents = Array.isArray(parsed) ? parsed : [];
  const parsedOf = (document: (typeof documents)[number], unread: readonly YamlFault[]): Parsed => {
    const faults = unread.some((fault) => fault.fatal)
      ? unread
      : [...unread, ...nodeFaults(document.contents, text)];
    const places = yamlPlaces(document);
    if (faults.some((fault) => fault.fatal)) return { value: undefined, faults, places };
    // Aliases were counted; the library's own limit would throw without a place.
    return { value: document.toJS({ maxAliasCount: -1 }) as unknown, faults, places };
  };
  return { documents, syntaxFaults, parsedOf, isScalar };
}

const EMPTY: YamlFault = {
  rule: "yaml/empty",
  message: "the file holds nothing",
  fix: "describe something in it",
  offset: 0,
};

function unreadable(file: string, error: NodeJS.ErrnoException): YamlFile {
  const fault = {
    rule: "yaml/not-found",
    message: `cannot read the file (${error.code ?? error.message})`,
    fix: "correct its name",
  };
  return {
    file,
    value: undefined,
    problems: [problemOf({ ...fault, offset: 0 }, nowhere(file).locate())],
    ...nowhere(file),
  };
}

function nowhere(file: string) {
  const start: Location = { file, line: 1, column: 1, exact: false };
  return { locate: () => start, locateKey: () => start };
}

function problemOf({ rule, message, fix }: YamlFault, location: Location): Problem {
  return { rule, severity: WARNINGS.has(rule) ? "warning" : "error", message, location, fix };
}

function dotted(way: readonly (string | number)[]): string {
  return way.map((key, i) => (typeof key === "number" ? `[${key}]` : i === 0 ? key : `.${key}`)).join("");
}
