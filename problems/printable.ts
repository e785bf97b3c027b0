// Control characters; format characters (bidirectional, zero-width, tags: CVE-2021-42574); lone surrogates; line and
// paragraph separators; spaces other than the plain one; whatever fonts show as nothing; the empty Braille cell.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * The text with every character that cannot be seen, or could move or hide others, written as an escape; likewise what a CI server would
 * take for a command of its log.
 */
export function printable(text: string): string {
  return withoutCommands(text.replace(UNSEEN, (character) => SHORT[character] ?? `\\u{${hex(character)}}`));
}

/**
 * Lines in which GitHub's runner finds no command: it reads `::name …::` after any space at a line's beginning, and `##[name …]`
 * wherever it stands (actions/runner: src/Runner.Common/ActionCommand.cs).
 */
export function withoutCommands(text: string): string {
  return text.replaceAll("##[", "##\\u{5b}").replace(/^(\s*):(?=:)/gm, "$1\\u{3a}");
}

/** JSON that survives any terminal and log: the same value, with unseen characters inside strings as `\uXXXX`. */
export function printableJson(value: unknown): string {
  const json = JSON.stringify(value, null, 2).replaceAll("##[", "##\\u005b");
  return json.replace(UNSEEN, (character) =>
    // Outside strings JSON has no other unseen character than the line ends that were just put in.
    character === "\n"
      ? character
      : character
          .split("")
          .map((unit) => `\\u${hex(unit).padStart(4, "0")}`)
          .join(""),
  );
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16);
}
