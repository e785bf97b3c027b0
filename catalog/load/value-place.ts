import { linkOf } from "./links.ts";
import { originsOf, type Surroundings } from "./origins.ts";
import { isMadeOf } from "./piece-starts.ts";
import type { SourceNode, Sources } from "./source-tree.ts";
import { staticValue } from "./static-value.ts";
import { piecesOf } from "./string-pieces.ts";

/** The place of a value. */
export interface Place extends SourceNode {
  /** True when the value stands there in writing, not merely an expression that computes it. */
  exact: boolean;
  /** The key of the property, for a property that is written in an object literal. */
  key?: SourceNode;
}

/** The literal that an object was made by. */
export function literalOf(sources: Sources, object: object): Place | undefined {
  const origin = linkOf(object)?.literal;
  const node = origin && sources.tree(origin.file)?.literalAt(origin.start);
  return node && { file: origin.file, node, exact: true };
}

/** The place of a value that `expression` gave: where it is written if that can be told, else the expression. */
export function valuePlace(expression: SourceNode, value: unknown, around: Surroundings): Place {
  const origins = originsOf(expression, around);
  const equal = origins.filter(({ node }) => {
    const written = staticValue(node);
    return written !== undefined && Object.is(written.value, value);
  });
  if (equal[0]) return { ...equal[0], exact: equal.length === 1 };
  const only = origins.length === 1 ? origins[0] : undefined;
  if (!only) return { ...expression, exact: false };
  return { ...only, exact: isWritten(only, value, around) };
}

// Whether an expression shows its value to the reader.
function isWritten(place: SourceNode, value: unknown, around: Surroundings): boolean {
  switch (place.node.type) {
    case "ObjectExpression":
    case "ArrayExpression":
    case "NewExpression":
      return isObject(value);
    case "ArrowFunctionExpression":
    case "FunctionExpression":
    case "ClassExpression":
      return typeof value === "function";
    case "Literal":
      return "regex" in place.node && value instanceof RegExp;
    default:
      return typeof value === "string" && isMadeOf(piecesOf(place, around), value);
  }
}

/** True for what can have members. */
export function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
