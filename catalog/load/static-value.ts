import type { Node } from "oxc-parser";

/** A node without parentheses and type assertions around it. */
export function unwrap(node: Node): Node {
  let inner = node;
  while (
    inner.type === "ParenthesizedExpression" ||
    inner.type === "TSAsExpression" ||
    inner.type === "TSSatisfiesExpression" ||
    inner.type === "TSNonNullExpression" ||
    inner.type === "TSTypeAssertion"
  ) {
    inner = inner.expression;
  }
  return inner;
}

/** The name under which a property is written, or nothing for a computed name that is not a literal. */
export function keyOf(property: { key: Node; computed: boolean }): string | undefined {
  const key = unwrap(property.key);
  if (!property.computed && key.type === "Identifier") return key.name;
  const value = staticValue(key);
  return value && typeof value.value !== "symbol" ? String(value.value) : undefined;
}

/** The expression written at a key of an object or array literal, unless a spread may have moved it. */
export function writtenAt(literal: Node, key: string | number): Node | undefined {
  if (literal.type === "ArrayExpression") {
    const upTo = literal.elements.slice(0, Number(key) + 1);
    return upTo.some((e) => e?.type === "SpreadElement") ? undefined : (upTo[Number(key)] ?? undefined);
  }
  if (literal.type !== "ObjectExpression") return undefined;
  const property = literal.properties.findLast((p) => p.type === "Property" && keyOf(p) === String(key));
  return property?.type === "Property" && property.kind === "init" ? property.value : undefined;
}

/** The value of an expression that only literals make up, or nothing. */
export function staticValue(expression: Node): { value: unknown } | undefined {
  const node = unwrap(expression);
  switch (node.type) {
    case "Literal":
      return "regex" in node ? undefined : { value: "bigint" in node ? BigInt(node.bigint) : node.value };
    case "TemplateLiteral":
      return templateValue(node.quasis, node.expressions);
    case "UnaryExpression":
      return unaryValue(node.operator, staticValue(node.argument));
    case "BinaryExpression":
      return binaryValue(node.operator, staticValue(node.left), staticValue(node.right));
    case "Identifier":
      return node.name === "undefined" ? { value: undefined } : undefined;
    default:
      return undefined;
  }
}

function templateValue(
  quasis: readonly { value: { cooked: string | null } }[],
  expressions: readonly Node[],
) {
  let text = "";
  for (const [i, quasi] of quasis.entries()) {
    text += quasi.value.cooked ?? "";
    const expression = expressions[i];
    if (!expression) continue;
    const value = staticValue(expression);
    if (!value) return undefined;
    text += String(value.value);
  }
  return { value: text };
}

function unaryValue(operator: string, operand: { value: unknown } | undefined) {
  if (!operand) return undefined;
  if (operator === "!") return { value: !operand.value };
  if (typeof operand.value !== "number") return undefined;
  return operator === "-" ? { value: -operand.value } : operator === "+" ? operand : undefined;
}

function binaryValue(operator: string, left?: { value: unknown }, right?: { value: unknown }) {
  if (!left || !right) return undefined;
  const [a, b] = [left.value, right.value];
  if (operator === "+" && (typeof a === "string" || typeof b === "string")) return { value: `${a}${b}` };
  if (typeof a !== "number" || typeof b !== "number") return undefined;
  if (operator === "+") return { value: a + b };
  if (operator === "-") return { value: a - b };
  if (operator === "*") return { value: a * b };
  return operator === "/" ? { value: a / b } : operator === "**" ? { value: a ** b } : undefined;
}
