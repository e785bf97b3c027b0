import type { BindingPattern, Node, Statement } from "oxc-parser";
import type { SourceTree } from "./source-tree.ts";
import { keyOf } from "./static-value.ts";

type Key = string | number;

/** What a name stands for at some place in a file. `keys` leads through a destructuring pattern to it. */
export type Binding =
  | { kind: "value"; node: Node; keys: Key[] }
  | { kind: "elementOf"; node: Node; keys: Key[] }
  | { kind: "parameter"; of: Node; index: number; keys: Key[]; default?: Node }
  | { kind: "import"; source: string; name: string };

/** What `name` is bound to where `offset` stands, or nothing if it is not declared or may change. */
export function findBinding(tree: SourceTree, offset: number, name: string): Binding | undefined {
  for (const node of tree.around(offset).reverse()) {
    const found = declaredBy(node, name);
    if (found) return found === "unknown" ? undefined : found;
  }
  return undefined;
}

function declaredBy(node: Node, name: string): Binding | "unknown" | undefined {
  if ("params" in node && Array.isArray(node.params)) return parameter(node, node.params as Node[], name);
  if (node.type === "ForOfStatement" && node.left.type === "VariableDeclaration") {
    const keys = keysTo(node.left.declarations[0]?.id, name);
    return keys && { kind: "elementOf", node: node.right, keys };
  }
  if ("body" in node && Array.isArray(node.body)) return inStatements(node.body as Statement[], name);
  return undefined;
}

function parameter(fn: Node, params: readonly Node[], name: string): Binding | undefined {
  for (const [index, param] of params.entries()) {
    const pattern = param.type === "AssignmentPattern" ? param.left : (param as BindingPattern);
    const keys = keysTo(pattern, name);
    if (keys) return { kind: "parameter", of: fn, index, keys, ...defaultOf(param, keys) };
  }
  return undefined;
}

// `(limit = "5m")` and `({ limit = "5m" })`: what stands where the caller gave nothing.
function defaultOf(param: Node, keys: readonly Key[]): { default?: Node } {
  if (param.type === "AssignmentPattern" && keys.length === 0) return { default: param.right };
  const pattern = param.type === "AssignmentPattern" ? param.left : param;
  if (pattern.type !== "ObjectPattern" || keys.length !== 1) return {};
  const property = pattern.properties.find((p) => p.type === "Property" && keyOf(p) === keys[0]);
  const value = property?.type === "Property" ? property.value : undefined;
  return value?.type === "AssignmentPattern" ? { default: value.right } : {};
}

function inStatements(body: readonly Statement[], name: string): Binding | "unknown" | undefined {
  for (const statement of body) {
    if (statement.type === "ImportDeclaration") {
      for (const specifier of statement.specifiers) {
        if (specifier.local.name !== name) continue;
        return { kind: "import", source: statement.source.value, name: importedName(specifier) };
      }
      continue;
    }
    const exported =
      statement.type === "ExportNamedDeclaration" || statement.type === "ExportDefaultDeclaration";
    const found = inDeclaration(exported ? statement.declaration : statement, name);
    if (found) return found;
  }
  return undefined;
}

function inDeclaration(declaration: Node | null, name: string): Binding | "unknown" | undefined {
  if (declaration?.type === "FunctionDeclaration" || declaration?.type === "ClassDeclaration") {
    return declaration.id?.name === name ? { kind: "value", node: declaration, keys: [] } : undefined;
  }
  if (declaration?.type !== "VariableDeclaration") return undefined;
  for (const { id, init } of declaration.declarations) {
    const keys = keysTo(id, name);
    if (!keys) continue;
    return init && declaration.kind === "const" ? { kind: "value", node: init, keys } : "unknown";
  }
  return undefined;
}

function importedName(specifier: Node): string {
  if (specifier.type === "ImportNamespaceSpecifier") return "*";
  if (specifier.type !== "ImportSpecifier") return "default";
  return specifier.imported.type === "Literal" ? specifier.imported.value : specifier.imported.name;
}

// The way through a pattern to the name that it binds: `{ a: [x] }` has `x` at ["a", 0].
function keysTo(pattern: Node | null | undefined, name: string): Key[] | undefined {
  if (pattern?.type === "Identifier") return pattern.name === name ? [] : undefined;
  if (pattern?.type === "AssignmentPattern") return keysTo(pattern.left, name);
  if (pattern?.type === "ObjectPattern") {
    for (const property of pattern.properties) {
      if (property.type !== "Property") continue;
      const key = keyOf(property);
      const rest = keysTo(property.value, name);
      if (rest && key !== undefined) return [key, ...rest];
    }
  }
  if (pattern?.type === "ArrayPattern") {
    for (const [index, element] of pattern.elements.entries()) {
      const rest = element?.type === "RestElement" ? undefined : keysTo(element, name);
      if (rest) return [index, ...rest];
    }
  }
  return undefined;
}
