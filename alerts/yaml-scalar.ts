/**
 * A string as a YAML scalar that a YAML 1.1 reader and a YAML 1.2 reader give back letter by letter: plain where nothing in it
 * means something to YAML, as a block where it has lines, else between quotes. `indent` is that of a block's lines.
 */
export function scalarText(text: string, indent: string): string {
  if (!text.includes("\n")) return lineText(text);
  // A line that begins or ends with a blank, or is empty at either end, depends on the reader's idea of indentation.
  const isSimple = text === text.trim() && text.split("\n").every((line) => line === line.trim());
  if (!isSimple || UNSEEN_ANYWHERE.test(text)) return doubleQuoted(text);
  return `|-\n${indent}${text.replace(/\n(?!\n)/g, `\n${indent}`)}`;
}

// Without a `? ` before it, a key has at most 1,024 characters (YAML 1.2, 7.4.2).
const LONGEST_KEY = 1000;

/** A key with its colon; `line` begins a new line of the mapping. */
export function keyText(name: string, line: string): string {
  const found = keys.get(name);
  if (found !== undefined) return found;
  const key = name.includes("\n") ? doubleQuoted(name) : lineText(name);
  if (key.length > LONGEST_KEY) return `? ${key}${line}:`;
  keys.set(name, `${key}:`);
  return `${key}:`;
}

// Rules have few keys, each of them many times.
const keys = new Map<string, string>();

/** A number, a boolean or null as all readers of YAML take it. */
export function numberText(value: number | boolean | null): string {
  if (typeof value !== "number" || Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? ".nan" : value < 0 ? "-.inf" : ".inf";
}

function lineText(text: string): string {
  if (AMBIGUOUS.test(text) || UNSEEN_ANYWHERE.test(text)) return doubleQuoted(text);
  if (!MEANS_SOMETHING.test(text)) return text;
  // Templates are full of double quotes: between single ones they stand as they are.
  return text.includes('"') && !text.includes("'") ? `'${text}'` : doubleQuoted(text);
}

// What YAML does not let stand in the open, and what a reviewer would not see.
const UNSEEN = String.raw`\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff`;
const UNSEEN_ANYWHERE = new RegExp(`[${UNSEEN}]`);
const UNSEEN_EVERYWHERE = new RegExp(`[${UNSEEN}]`, "g");

// Plain words that YAML 1.1 or 1.2 reads as a boolean, a null, a number, a time or a merge.
const AMBIGUOUS =
  /^(|~|=|<<|y|n|yes|no|on|off|true|false|null|[-+]?\.?(inf|nan)|[-+]?0[xob][\da-f_]+|\d{4}-\d\d?-\d\d?.*|[-+]?[\d._]*(:[\d._]+)*(e[-+]?\d+)?)$/i;

// What a plain scalar may not begin with, hold or end with (YAML 1.2, 7.3.3); the begin and the end of a document.
const MEANS_SOMETHING = /^[\s,[\]{}#&*!|>'"%@`]|^[-?:](?:\s|$)|^(?:---|\.\.\.)|:\s|\s#|[\s:]$/;

function doubleQuoted(text: string): string {
  return JSON.stringify(text).replace(UNSEEN_EVERYWHERE, escaped);
}

// These characters stand only between double quotes, where \u is an escape.
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
