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
  const out = header.map((line) => `# ${line.replace(/\s+/g, " ")}\n`);
  const anchors = byAnchor ? anchorsOf(value as Plain) : new Map<object, string>();
  const place = { indent: "", names: { anchors, written: new Set<object>() }, out };
  if (isEmpty(value)) out.push(emptyText(value));
  else writeLines(value as Compound, place);
  out.push("\n");
  return out.join("");
}

type Compound = Exclude<Plain, string | number | boolean | null>;

interface Place {
  /** Of the lines of what is written. */
  indent: string;
  names: { anchors: ReadonlyMap<object, string>; written: Set<object> };
  /** Pieces of the text so far: one string is made of them in the end, instead of one for every line. */
  out: string[];
}

/** Writes what stands after a colon or a dash. Beside a dash a collection begins on the same line. */
function writeAfter(sign: ":" | "-", value: Plain, { indent, names, out }: Place): void {
  const inner = { indent: `${indent}  `, names, out };
  if (typeof value === "string") out.push(" ", scalarText(value, inner.indent));
  else if (typeof value !== "object" || value === null) out.push(" ", numberText(value));
  else writeCompound(sign, value, inner);
}

function writeCompound(sign: ":" | "-", value: Compound, place: Place): void {
  const { indent, names, out } = place;
  const anchor = names.anchors.get(value);
  if (anchor !== undefined && names.written.has(value)) {
    out.push(" *", anchor);
    return;
  }
  if (anchor !== undefined) {
    names.written.add(value);
    out.push(" &", anchor);
  }
  if (isEmpty(value)) {
    out.push(" ", emptyText(value));
    return;
  }
  if (sign === "-" && anchor === undefined) out.push(" ");
  else out.push("\n", indent);
  writeLines(value, place);
}

/** Writes the lines of a collection that is not empty, the first one without its indent. */
function writeLines(value: Compound, place: Place): void {
  const { indent, out } = place;
  const line = `\n${indent}`;
  let isFirst = true;
  const begin = () => {
    if (!isFirst) out.push(line);
    isFirst = false;
  };
  if (isList(value)) {
    for (const item of value) {
      begin();
      out.push("-");
      writeAfter("-", item, place);
    }
    return;
  }
  for (const name in value) {
    const member = value[name];
    if (member === undefined) continue;
    begin();
    out.push(keyText(name, line));
    writeAfter(":", member, place);
  }
}

function isList(value: object): value is readonly Plain[] {
  return Array.isArray(value);
}

function isEmpty(value: object): boolean {
  for (const name in value) if (value[name as keyof typeof value] !== undefined) return false;
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
