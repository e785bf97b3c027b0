import type { Node } from "oxc-parser";

type Fields = Record<string, unknown>;

/** Calls `visit` for every node below and including `node`, parents first; `false` leaves out what is below. */
export function walk(
  node: Node,
  visit: (node: Node, parent?: Node) => boolean | undefined,
  parent?: Node,
): void {
  if (visit(node, parent) === false) return;
  const fields = node as unknown as Fields;
  for (const key in fields) {
    const child = fields[key];
    if (typeof child !== "object" || child === null) continue;
    if (Array.isArray(child)) {
      for (const element of child) if (isNode(element)) walk(element, visit, node);
    } else if (isNode(child)) walk(child, visit, node);
  }
}

function isNode(value: unknown): value is Node {
  return typeof (value as Fields | null)?.type === "string";
}

// The TypeScript nodes that stay in the program or hold something that does.
const KEPT_TYPESCRIPT = new Set([
  "TSAsExpression",
  "TSSatisfiesExpression",
  "TSNonNullExpression",
  "TSTypeAssertion",
  "TSInstantiationExpression",
  "TSParameterProperty",
  "TSModuleDeclaration",
  "TSModuleBlock",
  "TSExportAssignment",
]);

/** True for syntax that esbuild removes or turns into constants: types, interfaces, enums. */
export function isTypeOnly(node: Node): boolean {
  return node.type.startsWith("TS") && !KEPT_TYPESCRIPT.has(node.type);
}

/** The language that a file's name says it is written in. */
export function languageOf(file: string): "js" | "jsx" | "ts" | "tsx" {
  const extension = file.slice(file.lastIndexOf(".") + 1);
  if (extension === "tsx" || extension === "jsx") return extension;
  return extension === "js" || extension === "mjs" || extension === "cjs" ? "js" : "ts";
}
