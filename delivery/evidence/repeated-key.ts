/**
 * A key that stands twice in one object of a text that is JSON: parsers keep the last of the two, so that the text would say something else to
 * each reader. Undefined where none does. Takes as long as the text is; a parser of YAML, which would tell too, takes a hundred times as long.
 */
export function repeatedKey(text: string): string | undefined {
  // Keys of each object that is open; arrays have none.
  const open: (Set<string> | undefined)[] = [];
  for (const [token, quoted] of text.matchAll(/[{}[\]]|("(?:[^"\\]|\\.)*")(?:\s*:)?/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(undefined);
    else if (token === "}" || token === "]") open.pop();
    else if (quoted !== undefined && token.endsWith(":")) {
      const key: string = JSON.parse(quoted);
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}
