import { keyText, numberText, scalarText } from "./yaml-scalar.ts";

/** Plain data, as YAML and JSON know it. Members that are undefined are left out. */
type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

interface Style {
  /** Becomes comment lines at the top. */
  header: readonly string[];
  /** An object that occurs again is named the first time and referred to afterwards, instead of being written again. */
  byAnchor?: boolean;
}

/**
 * YAML of an object or a list of plain data, keys in the given order, that Prometheus' and Alertmanager's YAML 1.1 reader and
 * every YAML 1.2 reader understand alike. Why no library writes it: docs/decisions/0016-own-yaml-writer.md.
 */
export function yamlText(value: object, { header, byAnchor = false }: Style): string {
  const comment = header.map((line) => `# ${line.replace(/\s+/g, " ")}\n`).join("");
  const anchors = byAnchor ? anchorsOf(value as Plain) : new Map<object, string>();
  const names = { anchors, written: new Set<object>() };
  const place = { indent: "", names };
  const body = isEmpty(value) ? emptyText(value) : linesOf(value as Compound, place);
  return `${comment}${body}\n`;
}

type Compound = Exclude<Plain, string | number | boolean | null>;

interface Place {
  /** Of the lines of what is written. */
  indent: string;
  names: { anchors: ReadonlyMap<object, string>; written: Set<object> };
}

/** What stands after a colon or a dash. Beside a dash a collection begins on the same line. */
function after(sign: ":" | "-", value: Plain, { indent, names }: Place): string {
  const inner = { indent: `${indent}  `, names };
  if (typeof value === "string") return ` ${scalarText(value, inner.indent)}`;
  if (typeof value !== "object" || value === null) return ` ${numberText(value)}`;
  const anchor = names.anchors.get(value);
  if (anchor !== undefined && names.written.has(value)) return ` *${anchor}`;
  if (anchor !== undefined) names.written.add(value);
  const name = anchor === undefined ? "" : ` &${anchor}`;
  if (isEmpty(value)) return `${name} ${emptyText(value)}`;
  const begin = sign === "-" && name === "" ? " " : `${name}\n${inner.indent}`;
  return begin + linesOf(value, inner);
}

/** The lines of a collection that is not empty, the first one without its indent. */
function linesOf(value: Compound, place: Place): string {
  let lines = "";
  const line = `\n${place.indent}`;
  if (isList(value)) {
    for (const item of value) lines += `${lines && line}-${after("-", item, place)}`;
  } else {
    for (const [name, member] of Object.entries(value)) {
      if (member !== undefined) lines += `${lines && line}${keyText(name, line)}${after(":", member, place)}`;
    }
  }
  return lines;
}

function isList(value: object): value is readonly Plain[] {
  return Array.isArray(value);
}

function isEmpty(value: object): boolean {
  for (const member of Object.values(value)) if (member !== undefined) return false;
  return true;
}

function emptyText(value: object): string {
  return isList(value) ? "[]" : "{}";
}

/** A name for each object that occurs more than once. */
function anchorsOf(value: Plain): Map<object, string> {
  const seen = new Set<object>();
  const anchors = new Map<object, string>();
  const visit = (part: Plain | undefined) => {
    if (typeof part !== "object" || part === null) return;
    if (seen.has(part)) {
      if (!anchors.has(part)) anchors.set(part, `a${anchors.size + 1}`);
      return;
    }
    seen.add(part);
    for (const member of Object.values(part)) visit(member);
  };
  visit(value);
  return anchors;
}
