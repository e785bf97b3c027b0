/** Attributes in the order in which they are written. */
export type Attributes = Readonly<Record<string, string>>;

/** An element around content that is HTML already. */
export function element(name: string, attributes: Attributes, content: string): string {
  return `${openTag(name, attributes)}${content}</${name}>`;
}

/** An opening tag, or an element that has no content. */
export function openTag(name: string, attributes: Attributes): string {
  let tag = `<${name}`;
  for (const key in attributes)
    tag += ` ${key}="${(attributes[key] ?? "").replace(IN_ATTRIBUTE, reference)}"`;
  return `${tag}>`;
}

/** Plain text as HTML. */
export function text(value: string): string {
  return value.replace(IN_TEXT, reference);
}

// HTML, 13.1.2: what ends text is "<", what ends a value between double quotes is the quote, and "&" begins a reference. The others
// are what older browsers took for a quote.
const IN_TEXT = /[<&]/g;
const IN_ATTRIBUTE = /["&'`]/g;

function reference(character: string): string {
  return `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`;
}
