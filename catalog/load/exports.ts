import type { Node, Program } from "oxc-parser";
import type { Sources } from "./source-tree.ts";
import { staticValue, writtenAt } from "./static-value.ts";

/** An exported expression, a name of the module that is exported, or a name of another module. */
export type Export = { node: Node; name?: string } | { from: string; name: string };

/** Where a module gets its export `name` from; several places if it may come from any `export *`. */
export function findExport(sources: Sources, file: string, name: string): Export[] {
  const program = sources.tree(file)?.program;
  if (!program) return [];
  return file.endsWith(".json") ? fromJson(program, name) : fromModule(program, name);
}

function fromModule(program: Program, name: string): Export[] {
  const stars: Export[] = [];
  for (const statement of program.body) {
    if (statement.type === "ExportDefaultDeclaration" && name === "default")
      return [{ node: statement.declaration }];
    if (statement.type === "ExportAllDeclaration" && !statement.exported) {
      stars.push({ from: statement.source.value, name });
    }
    if (statement.type !== "ExportNamedDeclaration") continue;
    const specifier = statement.specifiers.find((s) => nameOf(s.exported) === name);
    if (!specifier) continue;
    const local = nameOf(specifier.local);
    return [
      statement.source ? { from: statement.source.value, name: local } : { node: program, name: local },
    ];
  }
  // Declared in place (`export const …`): the module's own scope knows it.
  const declares = program.body.some((s) => s.type === "ExportNamedDeclaration" && s.declaration !== null);
  return [...(declares && name !== "default" ? [{ node: program, name }] : []), ...stars];
}

function fromJson(program: Program, name: string): Export[] {
  const statement = program.body[0];
  if (statement?.type !== "ExpressionStatement") return [];
  const root =
    statement.expression.type === "ParenthesizedExpression" ? statement.expression.expression : undefined;
  const node = name === "default" ? root : root && writtenAt(root, name);
  return node ? [{ node }] : [];
}

function nameOf(node: Node): string {
  return node.type === "Identifier" ? node.name : String(staticValue(node)?.value ?? "");
}
