import type { ArrayExpression, CallExpression, Node, ObjectExpression, Program } from "oxc-parser";
import { parseSource } from "./parser.ts";
import { lineStarts, positionAt } from "./text-lines.ts";

/** An expression of a source file. */
export interface SourceNode {
  file: string;
  node: Node;
}

/** A source file of the catalog, read as a syntax tree. */
export interface SourceTree {
  text: string;
  program: Program;
  position(offset: number): { line: number; column: number };
  /** The nodes around an offset, outermost first. */
  around(offset: number): Node[];
  literalAt(start: number): ObjectExpression | ArrayExpression | undefined;
  callAt(start: number): CallExpression | undefined;
}

/** All source files of a catalog; each is parsed when a place in it is first asked for. */
export interface Sources {
  tree(file: string): SourceTree | undefined;
  /** The file that an import in `file` leads to, if it belongs to the catalog. */
  imported(file: string, specifier: string): string | undefined;
}

/** What a bundle knows of one input: its text and where its imports lead. */
export interface SourceInput {
  text: string;
  imports: Readonly<Record<string, string>>;
}

/** The syntax trees of the files that were bundled, by their path relative to the project root. */
export function createSources(inputs: ReadonlyMap<string, SourceInput>): Sources {
  const trees = new Map<string, SourceTree>();
  return {
    tree(file) {
      const text = inputs.get(file)?.text;
      if (text === undefined) return undefined;
      const tree = trees.get(file) ?? (file.endsWith(".json") ? jsonTree(text) : codeTree(file, text));
      trees.set(file, tree);
      return tree;
    },
    imported: (file, specifier) => inputs.get(file)?.imports[specifier],
  };
}

// JSON is an expression, not a program: in parentheses it is both, one character further right.
function jsonTree(text: string): SourceTree {
  const tree = codeTree("data.ts", `(${text})`);
  const starts = lineStarts(text);
  return { ...tree, position: (offset) => positionAt(starts, Math.max(0, offset - 1)) };
}

function codeTree(file: string, text: string): SourceTree {
  const { program } = parseSource(file, text);
  const starts = lineStarts(text);
  const around = (offset: number) => nodesAround(program, offset);
  return {
    text,
    program,
    around,
    position: (offset) => positionAt(starts, offset),
    literalAt: (start) =>
      around(start).find(
        (n) => n.start === start && (n.type === "ObjectExpression" || n.type === "ArrayExpression"),
      ) as ObjectExpression | ArrayExpression | undefined,
    // The outermost: `a()()` has two calls that begin at one place, and only the outer one is recorded.
    callAt: (start) =>
      around(start).find((n) => n.start === start && n.type === "CallExpression") as
        | CallExpression
        | undefined,
  };
}

function nodesAround(program: Program, offset: number): Node[] {
  const nodes: Node[] = [];
  for (let node: Node | undefined = program; node; node = childAt(node, offset)) nodes.push(node);
  return nodes;
}

function childAt(node: Node, offset: number): Node | undefined {
  for (const field of Object.values(node) as unknown[]) {
    for (const child of Array.isArray(field) ? (field as unknown[]) : [field]) {
      if (typeof child !== "object" || child === null || !("type" in child)) continue;
      const candidate = child as Node;
      if (candidate.start <= offset && offset < candidate.end) return candidate;
    }
  }
  return undefined;
}
