/**
 * A key that stands twice in one object of a text that is JSON: parsers keep the last of the two, so that the text would say something else to
 * each reader. Undefined where none does. Takes as long as the text is; a parser of YAML, which would tell too, takes a hundred times as long.
 */
export function repeatedKey(text: string): string | undefined {
  // Keys of each object that is open; arrays have none.
  const open: (Set<string> | undefined)[] = [];
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i];
    if (character === "{") open.push(new Set());
    else if (character === "[") open.push(undefined);
    else if (character === "}" || character === "]") open.pop();
    else if (character === '"') {
      const end = endOfString(text, i);
      const keys = open.at(-1);
      if (keys && isFollowedByColon(text, end)) {
        const key: string = JSON.parse(text.slice(i, end));
        if (keys.has(key)) return key;
        keys.add(key);
      }
      i = end - 1;
    }
  }
  return undefined;
}

/** Where a string that begins here has ended. No regular expression: of long strings they run out of stack. */
function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === "\\" ? 2 : 1;
  return i + 1;
}

function isFollowedByColon(text: string, from: number): boolean {
  let i = from;
  while (" \t\r\n".includes(text[i] ?? ":")) i += 1;
  return text[i] === ":";
}
