import type { CallExpression, TemplateLiteral } from "oxc-parser";
import type { Written } from "./literal-offsets.ts";
import { originsOf, type Surroundings } from "./origins.ts";
import type { SourceNode } from "./source-tree.ts";
import { staticValue, unwrap, writtenAt } from "./static-value.ts";

/** A part of a string, in the order in which they are put together. */
export interface Piece extends SourceNode {
  /** Its text, if that is known without running the catalog. */
  text?: string;
  /** Set when the text stands there character by character. */
  written?: Written;
}

/** The pieces that a string expression puts together: literals, templates, `+`, `[…].join(…)`, and constants of them. */
export function piecesOf(expression: SourceNode, around: Surroundings, depth = 0): Piece[] {
  const { file } = expression;
  const node = unwrap(expression.node);
  const sub = (inner: SourceNode) => piecesOf(inner, around, depth + 1);
  if (node.type === "TemplateLiteral") return templatePieces({ file, node }, around, sub);
  if (
    node.type === "BinaryExpression" &&
    node.operator === "+" &&
    typeof staticValue(node)?.value !== "number"
  ) {
    return [...sub({ file, node: node.left }), ...sub({ file, node: node.right })];
  }
  const joined = node.type === "CallExpression" ? joinedPieces({ file, node }, around, sub) : undefined;
  if (joined) return joined;
  const value = staticValue(node);
  if (value) return [{ file, node, text: String(value.value), ...literalText({ file, node }, around) }];
  const origins = depth < 12 ? originsOf({ file, node }, around) : [];
  const only = origins.length === 1 ? origins[0] : undefined;
  return only && only.node !== node ? sub(only) : [{ file, node }];
}

function templatePieces(
  { file, node }: { file: string; node: TemplateLiteral },
  around: Surroundings,
  sub: (inner: SourceNode) => Piece[],
): Piece[] {
  const source = around.sources.tree(file)?.text ?? "";
  return node.quasis.flatMap((quasi, i) => {
    // The parser lets a piece begin at its delimiter and end behind `${` or the back-tick.
    const start = quasi.start + 1;
    const raw = source.slice(start, quasi.end - (quasi.tail ? 1 : 2));
    const piece = { file, node: quasi, text: quasi.value.cooked ?? raw, written: { raw, start } };
    const expression = node.expressions[i];
    return expression ? [piece, ...sub({ file, node: expression })] : [piece];
  });
}

function joinedPieces(
  { file, node }: { file: string; node: CallExpression },
  around: Surroundings,
  sub: (inner: SourceNode) => Piece[],
): Piece[] | undefined {
  const callee = unwrap(node.callee);
  if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return undefined;
  if (callee.property.name !== "join") return undefined;
  const between = node.arguments[0];
  const separator = between ? staticValue(between)?.value : ",";
  const list = originsOf({ file, node: callee.object }, around)[0];
  if (typeof separator !== "string" || list?.node.type !== "ArrayExpression") return undefined;
  const pieces: Piece[] = [];
  for (const index of list.node.elements.keys()) {
    const element = writtenAt(list.node, index);
    if (!element) return undefined;
    if (index > 0) pieces.push({ file, node: between ?? node, text: separator });
    pieces.push(...sub({ file: list.file, node: element }));
  }
  return pieces;
}

function literalText({ file, node }: SourceNode, around: Surroundings): { written?: Written } {
  if (node.type !== "Literal" || typeof node.value !== "string") return {};
  const raw = around.sources.tree(file)?.text.slice(node.start + 1, node.end - 1) ?? "";
  return { written: { raw, start: node.start + 1 } };
}
