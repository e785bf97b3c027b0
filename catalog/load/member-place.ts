import type { ArrayExpression, ObjectExpression, ObjectProperty } from "oxc-parser";
import { type Link, linkOf } from "./links.ts";
import { originsOf, type Surroundings } from "./origins.ts";
import type { SourceNode } from "./source-tree.ts";
import { keyOf, staticValue } from "./static-value.ts";
import { isObject, literalOf, type Place, valuePlace } from "./value-place.ts";

/** A member of an object. `known` is where the object stands, when nothing was noted about it (imported JSON). */
export interface Member {
  object: object;
  key: string | number;
  known?: SourceNode | undefined;
}

interface Literal<N> {
  file: string;
  node: N;
  link: Link;
}

/** The place of a member, if it is known how its object was made. */
export function memberPlace(member: Member, around: Surroundings): Place | undefined {
  const { file = "", node } = literalOf(around.sources, member.object) ?? member.known ?? {};
  const link = linkOf(member.object) ?? {};
  if (node?.type === "ObjectExpression") return propertyPlace({ file, node, link }, member, around);
  return node?.type === "ArrayExpression" ? elementPlace({ file, node, link }, member, around) : undefined;
}

// From the last property to the first: the last one that has the key gave the value.
function propertyPlace(
  { file, node, link }: Literal<ObjectExpression>,
  { object, key }: Member,
  around: Surroundings,
): Place | undefined {
  const value = Object.getOwnPropertyDescriptor(object, key)?.value as unknown;
  let spread = link.spreads?.length ?? 0;
  const computed: ObjectProperty[] = [];
  for (const property of node.properties.toReversed()) {
    if (property.type === "SpreadElement") {
      const source = link.spreads?.[--spread];
      if (!isObject(source) || !Object.hasOwn(source, key)) continue;
      return spreadPlace({ object: source, key }, { file, node: property.argument }, around);
    }
    const written = keyOf(property) ?? followedKey(file, property, around);
    if (written === undefined) computed.push(property);
    else if (written === String(key)) return ofProperty({ file, node: property }, value, around);
  }
  const [made, ...others] = computed.filter((p) => mayHaveMade(file, p, value));
  return made && others.length === 0 ? ofProperty({ file, node: made }, value, around) : undefined;
}

function ofProperty(
  { file, node: property }: { file: string; node: ObjectProperty },
  value: unknown,
  around: Surroundings,
): Place {
  const key = { file, node: property.key };
  if (property.kind !== "init") return { ...key, exact: false, key };
  if (property.method) return { ...key, exact: true, key };
  return { ...valuePlace({ file, node: property.value }, value, around), key };
}

function followedKey(file: string, property: ObjectProperty, around: Surroundings): string | undefined {
  if (!property.computed) return undefined;
  const [only, ...others] = originsOf({ file, node: property.key }, around);
  const value = only && others.length === 0 ? staticValue(only.node) : undefined;
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
  { object, key }: Member,
  around: Surroundings,
): Place | undefined {
  const index = Number(key);
  const value = Object.getOwnPropertyDescriptor(object, index)?.value as unknown;
  const sizes = spreadSizes(link, (object as unknown[]).length, node);
  let first = 0;
  let spread = 0;
  for (const element of node.elements) {
    const isSpread = element?.type === "SpreadElement";
    const size = isSpread ? sizes[spread] : 1;
    if (size === undefined) return undefined;
    if (index < first + size) {
      if (!isSpread) return element ? valuePlace({ file, node: element }, value, around) : undefined;
      const argument = { file, node: element.argument };
      const source = link.spreads?.[spread];
      if (!isObject(source)) return { ...argument, exact: false };
      return spreadPlace({ object: source, key: index - first }, argument, around);
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

function spreadPlace({ object, key }: Member, argument: SourceNode, around: Surroundings): Place {
  const link = linkOf(object);
  const inside = { ...around, calls: [...(link?.calls ?? []), ...around.calls] };
  const [known, ...others] = link?.literal ? [] : originsOf(argument, inside);
  const place = memberPlace({ object, key, known: others.length === 0 ? known : undefined }, inside);
  return place ?? { ...argument, exact: false };
}
