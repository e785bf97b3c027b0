/** What a string literal or a piece of a template is written as. */
export interface Written {
  /** The source text between the delimiters. */
  raw: string;
  /** The offset of that text in the file. */
  start: number;
}

const ESCAPE = /^\\(?:u\{([0-9a-fA-F]+)\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[0-3]?[0-7]{1,2}|\r\n|[\s\S])/;

/** Where in the file the character at `offset` of the literal's value is written, through escapes and line ends. */
export function writtenOffset({ raw, start }: Written, offset: number): number {
  let valueLength = 0;
  let at = 0;
  while (at < raw.length) {
    const [written, length] = nextCharacter(raw, at);
    if (offset < valueLength + length) break;
    valueLength += length;
    at += written;
  }
  return start + at;
}

// How many characters of source stand for how many of the value.
function nextCharacter(raw: string, at: number): [written: number, length: number] {
  if (raw[at] === "\r" && raw[at + 1] === "\n") return [2, 1]; // a template's line ends are \n
  const sequence = raw[at] === "\\" ? ESCAPE.exec(raw.slice(at, at + 12)) : null;
  if (!sequence) return [1, 1];
  if (/^\\[\r\n\u2028\u2029]/.test(sequence[0])) return [sequence[0].length, 0]; // a continued line
  const codePoint = sequence[1] === undefined ? 0 : Number.parseInt(sequence[1], 16);
  return [sequence[0].length, codePoint > 0xffff ? 2 : 1];
}
