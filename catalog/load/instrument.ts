import path from "node:path";
import { pathToFileURL } from "node:url";
import type { ArrayExpression, Node, ObjectExpression, SpreadElement } from "oxc-parser";
import type { Edit } from "./edits.ts";
import { recorders } from "./links.ts";
import { parseSource } from "./parser.ts";
import { isTypeOnly, walk } from "./syntax-walk.ts";

// A call is only wrapped where its value is used as it is. As a callee or before `.name` it may be a part of an
// optional chain or decide what `this` is.
const CALL_VALUE_PARENTS = new Set([
  "Property",
  "ArrayExpression",
  "CallExpression",
  "NewExpression",
  "VariableDeclarator",
  "SpreadElement",
  "ReturnStatement",
  "ArrowFunctionExpression",
  "TSAsExpression",
  "TSSatisfiesExpression",
  "TSNonNullExpression",
  "ExportDefaultDeclaration",
  "ConditionalExpression",
  "LogicalExpression",
  "ParenthesizedExpression",
]);

/**
 * The edits that make a source file note where its objects are written, or nothing for a file that does not parse.
 * Values, identity, order of evaluation, `this`, asynchrony and lines stay as they are.
 */
export function instrument(root: string, file: string, source: string): Edit[] | undefined {
  const parsed = parseSource(file, source);
  if (parsed.errors.some((e) => e.severity === "Error")) return undefined; // esbuild reports it
  const recorder = createRecorder(root, file, source);
  walk(parsed.program, (node, parent) => {
    if (isTypeOnly(node)) return false;
    if (node.type === "ImportExpression") {
      walk(node.source, (n, p) => recorder.visit(n, p), node);
      return false; // its options must stay a literal for esbuild
    }
    return recorder.visit(node, parent);
  });
  // Sorting is stable: where two wrappers begin at one place, the outer one was found first.
  return recorder.edits.sort((a, b) => a.start - b.start);
}

function createRecorder(root: string, file: string, source: string) {
  const edits: Edit[] = [];
  const name = JSON.stringify(file);
  const insert = (at: number, text: string) => edits.push({ start: at, end: at, text });
  const open = (at: number, text: string) => {
    // `return{…}` and `case[…]` need no space, a name behind a keyword does.
    insert(at, /[\w$]/.test(source[at - 1] ?? "") ? ` ${text}` : text);
  };
  const wrap = (node: Node, recorderName: string) => {
    open(node.start, `${recorderName}(${name},${node.start},`);
    insert(node.end, ")");
  };
  const wrapLiteral = (node: ObjectExpression | ArrayExpression) => {
    const spreads = spreadsOf(node);
    if (spreads.length === 0 || suspends(node)) return wrap(node, recorders.literal);
    open(node.start, `${recorders.spread}(${name},${node.start},__fairlead_n=>(`);
    insert(node.end, "))");
    for (const spread of spreads) {
      insert(spread.argument.start, "__fairlead_n(");
      insert(spread.argument.end, ")");
    }
  };
  const visit = (node: Node, parent?: Node): undefined => {
    if (node.type === "ObjectExpression" || node.type === "ArrayExpression") wrapLiteral(node);
    else if (node.type === "CallExpression" && isPlainValue(node, parent)) wrap(node, recorders.call);
    else if (node.type === "MemberExpression" && !node.computed && node.object.type === "MetaProperty") {
      const text = metaProperty(path.resolve(root, file), node.property.name);
      if (text !== undefined) edits.push({ start: node.start, end: node.end, text });
    }
  };
  return { edits, visit };
}

function isPlainValue(node: Node, parent?: Node): boolean {
  if (!parent || !CALL_VALUE_PARENTS.has(parent.type)) return false;
  return !("callee" in parent && parent.callee === node);
}

function spreadsOf(node: ObjectExpression | ArrayExpression): SpreadElement[] {
  const elements: readonly (Node | null)[] =
    node.type === "ObjectExpression" ? node.properties : node.elements;
  return elements.filter((element) => element?.type === "SpreadElement");
}

// An arrow function cannot hold the `await` or `yield` of the function around it.
function suspends(literal: Node): boolean {
  let found = false;
  walk(literal, (node) => {
    if (found || node.type.includes("Function")) return false;
    if (node.type === "AwaitExpression" || node.type === "YieldExpression") found = true;
    return undefined;
  });
  return found;
}

// The bundle stands elsewhere, but files beside a catalog must be found from where they were written.
function metaProperty(absolute: string, property: string): string | undefined {
  if (property === "url") return JSON.stringify(pathToFileURL(absolute).href);
  if (property === "filename") return JSON.stringify(absolute);
  return property === "dirname" ? JSON.stringify(path.dirname(absolute)) : undefined;
}
