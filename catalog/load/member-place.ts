import type { ArrayExpression, ObjectExpression, ObjectProperty } from "oxc-parser";
import { type Link, linkOf } from "./links.ts";
import { originsOf, type Surroundings } from "./origins.ts";
import { isMadeOf } from "./piece-starts.ts";
import type { SourceNode, Sources } from "./source-tree.ts";
import { keyOf, staticValue } from "./static-value.ts";
import { piecesOf } from "./string-pieces.ts";

/** The place of a value. */
export interface Place extends SourceNode {
  /** True when the value stands there in writing, not merely an expression that computes it. */
  exact: boolean;
  /** The key of the property, for a property that is written in an object literal. */
  key?: SourceNode;
}

type Key = string | number;

interface Literal<N = ObjectExpression | ArrayExpression> {
  file: string;
  node: N;
  link: Link;
}

/** The literal that an object was made by. */
export function literalOf(sources: Sources, object: object): Place | undefined {
  const origin = linkOf(object)?.literal;
  const node = origin && sources.tree(origin.file)?.literalAt(origin.start);
  return node && { file: origin.file, node, exact: true };
}

/** The place of `object[key]`. `known` is where the object stands, when nothing was noted about it (imported JSON). */
export function memberPlace(
  object: object,
  key: Key,
  around: Surroundings,
  known?: SourceNode,
): Place | undefined {
  const place = literalOf(around.sources, object) ?? known;
  const { file = "", node } = place ?? {};
  const link = linkOf(object) ?? {};
  if (node?.type === "ObjectExpression")
    return propertyPlace({ file, node, link }, object, String(key), around);
  if (node?.type === "ArrayExpression")
    return elementPlace({ file, node, link }, object, Number(key), around);
  return undefined;
}

// From the last property to the first: the last one that has the key gave the value.
function propertyPlace(
  { file, node, link }: Literal<ObjectExpression>,
  object: object,
  key: string,
  around: Surroundings,
): Place | undefined {
  const value = Object.getOwnPropertyDescriptor(object, key)?.value as unknown;
  let spread = link.spreads?.length ?? 0;
  const computed: ObjectProperty[] = [];
  for (const property of node.properties.toReversed()) {
    if (property.type === "SpreadElement") {
      const source = link.spreads?.[--spread];
      if (isObject(source) && Object.hasOwn(source, key)) {
        return spreadPlace(source, key, { file, node: property.argument }, around);
      }
      continue;
    }
    const written = keyOf(property) ?? followedKey(file, property, around);
    if (written === undefined) computed.push(property);
    else if (written === key) return ofProperty(file, property, value, around);
  }
  const made = computed.filter((p) => mayHaveMade(file, p, value));
  return made.length === 1 && made[0] ? ofProperty(file, made[0], value, around) : undefined;
}

function ofProperty(file: string, property: ObjectProperty, value: unknown, around: Surroundings): Place {
  const key = { file, node: property.key };
  if (property.kind !== "init") return { ...key, exact: false, key };
  if (property.method) return { ...key, exact: true, key };
  return { ...valuePlace({ file, node: property.value }, value, around), key };
}

function followedKey(file: string, property: ObjectProperty, around: Surroundings): string | undefined {
  if (!property.computed) return undefined;
  const origins = originsOf({ file, node: property.key }, around);
  const value = origins.length === 1 && origins[0] ? staticValue(origins[0].node) : undefined;
  return value && String(value.value);
}

// An object whose literal stands inside a property was made by that property.
function mayHaveMade(file: string, property: ObjectProperty, value: unknown): boolean {
  const literal = isObject(value) ? linkOf(value)?.literal : undefined;
  if (!literal) return true;
  return literal.file === file && property.value.start <= literal.start && literal.start < property.value.end;
}

function elementPlace(
  { file, node, link }: Literal<ArrayExpression>,
  array: object,
  index: number,
  around: Surroundings,
): Place | undefined {
  const value = Object.getOwnPropertyDescriptor(array, index)?.value as unknown;
  const sizes = spreadSizes(link, (array as unknown[]).length, node);
  let first = 0;
  let spread = 0;
  for (const element of node.elements) {
    const isSpread = element?.type === "SpreadElement";
    const size = isSpread ? sizes[spread] : 1;
    if (size === undefined) return undefined;
    if (index < first + size) {
      if (!isSpread) return element ? valuePlace({ file, node: element }, value, around) : undefined;
      const argument = { file, node: element.argument };
      return spreadPlace(link.spreads?.[spread], index - first, argument, around);
    }
    first += size;
    if (isSpread) spread++;
  }
  return undefined;
}

// One spread of unknown size (a generator) fills what the others leave.
function spreadSizes(link: Link, length: number, node: ArrayExpression): (number | undefined)[] {
  const sizes = [...(link.spreadSizes ?? [])];
  if (sizes.filter((size) => size === undefined).length !== 1) return sizes;
  const plain = node.elements.filter((e) => e?.type !== "SpreadElement").length;
  sizes[sizes.indexOf(undefined)] =
    length - plain - sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  return sizes;
}

function spreadPlace(source: unknown, key: Key, argument: SourceNode, around: Surroundings): Place {
  const nearest = { ...argument, exact: false };
  if (!isObject(source)) return nearest;
  const inside = { ...around, calls: [...(linkOf(source)?.calls ?? []), ...around.calls] };
  const origins = linkOf(source)?.literal ? [] : originsOf(argument, inside);
  const known = origins.length === 1 ? origins[0] : undefined;
  return memberPlace(source, key, inside, known) ?? nearest;
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
