import { Document, Scalar, visit } from "yaml";

/**
 * YAML of plain data, keys in the given order, that Prometheus' and Alertmanager's YAML 1.1 reader and every YAML 1.2 reader
 * understand alike. `header` becomes comment lines at the top. An object that occurs again is written again, or, `byAnchor`,
 * named the first time and referred to afterwards.
 */
export function yamlText(
  value: unknown,
  { header, byAnchor = false }: { header: readonly string[]; byAnchor?: boolean },
): string {
  const document = new Document(value, { aliasDuplicateObjects: byAnchor });
  visit(document, {
    Scalar(key, node) {
      if (typeof node.value === "string") node.type = styleOf(node.value, key === "key");
    },
    Collection(_, node) {
      node.flow = node.items.length === 0;
    },
  });
  const text = document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER });
  const comment = header.map((line) => `# ${line.replace(/\s+/g, " ")}\n`).join("");
  return comment + text.replace(UNSEEN_EVERYWHERE, escaped);
}

// What YAML does not let stand in the open, and what a reviewer would not see.
const UNSEEN = String.raw`\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff`;
const UNSEEN_ANYWHERE = new RegExp(`[${UNSEEN}]`);
const UNSEEN_EVERYWHERE = new RegExp(`[${UNSEEN}]`, "g");

// Plain words that YAML 1.1 or 1.2 reads as a boolean, a null, a number, a time or a merge.
const AMBIGUOUS =
  /^(|~|=|<<|y|n|yes|no|on|off|true|false|null|[-+]?\.?(inf|nan)|[-+]?0[xob][\da-f_]+|\d{4}-\d\d?-\d\d?.*|[-+]?[\d._]*(:[\d._]+)*(e[-+]?\d+)?)$/i;

function styleOf(text: string, isKey: boolean): Scalar.Type {
  if (UNSEEN_ANYWHERE.test(text) || AMBIGUOUS.test(text)) return Scalar.QUOTE_DOUBLE;
  if (!text.includes("\n")) return Scalar.PLAIN;
  // A line that begins or ends with a blank, or is empty at either end, depends on the reader's idea of indentation.
  const isSimple = !isKey && text.split("\n").every((line) => line === line.trim()) && text.trim() === text;
  return isSimple ? Scalar.BLOCK_LITERAL : Scalar.QUOTE_DOUBLE;
}

// These characters stand only in double-quoted scalars, where \u is an escape.
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
