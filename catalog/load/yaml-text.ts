import type { YamlFault } from "./yaml-nodes.ts";

// YAML 1.2 section 5.1 allows tab, line feed, carriage return, NEL and what is printable.
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/;

// They hide or reorder what a reviewer sees (CVE-2021-42574).
const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/;

// A binary file would have one in every line.
const MOST_SHOWN = 20;

/** A YAML file's text, or why its bytes are none; a byte order mark is taken off and reported. */
export function decodeYaml(bytes: Uint8Array): { text: string; faults: YamlFault[] } {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const text = new TextDecoder("utf-8").decode(bytes); // takes the mark off, shows what is wrong as U+FFFD
  const faults: YamlFault[] = [];
  if (!isUtf8(bytes)) {
    const message = "the file is not in UTF-8";
    const offset = Math.max(0, text.indexOf("\uFFFD"));
    return {
      text: "",
      faults: [{ rule: "yaml/wrong-encoding", message, fix: "save it as UTF-8", offset, fatal: true }],
    };
  }
  if (hasMark) {
    const fix = "save it as UTF-8 without a byte order mark";
    faults.push({
      rule: "yaml/byte-order-mark",
      message: "the file begins with a byte order mark",
      fix,
      offset: 0,
    });
  }
  return { text, faults: [...faults, ...characterFaults(text)] };
}

function characterFaults(text: string): YamlFault[] {
  const faults: YamlFault[] = [];
  for (const line of text.matchAll(/[^\n]+/g)) {
    const at = line[0].search(new RegExp(`${CONTROL.source}|${INVISIBLE.source}`));
    if (at < 0) continue;
    const character = line[0][at] ?? "";
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    const isControl = CONTROL.test(character);
    faults.push({
      rule: isControl ? "yaml/control-character" : "yaml/invisible-character",
      message: `the line holds ${isControl ? "the control character" : "an invisible character,"} U+${code}`,
      fix: `remove it, or write "\\u${code}" inside double quotes`,
      offset: line.index + at,
    });
    if (faults.length === MOST_SHOWN) break;
  }
  return faults;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
