// Text in Terraform's JSON is a template: `${…}` is evaluated, `%{…}` is a directive. And cdktf replaces its own markers in it.

// What cdktf 0.21 takes for a token of its own (tokens/private/encoding.ts, tokens/token.ts): the string and list markers, the
// two words that stand for a map, and negative numbers in scientific notation, in which it hides number tokens. The first
// letter is left alone, because a `$` may stand before it.
const CDKTF_MARKERS = /(?<=T)fToken\[|(?<=M)ap Token Value|(?<=-[\d.]+)e(?=\+?\d)/g;

/** Text that Terraform, after cdktf, gives back byte for byte, whatever it holds. */
export function literal(text: string): string {
  return text.replace(/[$%](?=\{)/g, "$&$&").replace(CDKTF_MARKERS, `\${"$&"}`);
}

/**
 * A copy of plain data in which every string, keys too, is literal. Whatever stacks take from the model goes through here
 * once, so that no resource has to think of it.
 */
export function literals<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (typeof value === "string") return literal(value);
  if (Array.isArray(value)) return value.map(copy);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [literal(key), copy(member)]));
}

/** Terraform expression: the text of a file beside the stack. */
export function textOf(path: string): string {
  return `\${file("\${path.module}/${path}")}`;
}

/** Terraform expression: what a YAML file beside the stack holds. */
export function yamlOf(path: string): string {
  return `\${yamldecode(file("\${path.module}/${path}"))}`;
}
