// A reader of the YAML that most files are: keys, quoted or plain text and numbers on one line each, in blocks. Everything that could mean something else to
// any reader is left to the parser of all YAML, which takes ten times as long (docs/decisions/0046-plain-yaml-first.md).

/** Where something stands: its begin, that of its key, and what is in it. */
interface Part {
  start: number;
  key: number | undefined;
  items?: Map<string | number, Part>;
}

/** A document as plain data, and where its parts begin. */
export interface PlainDocument {
  value: Record<string, unknown>;
  /** As those of `yamlPlaces`. */
  places: { value(path: Path): number; key(path: Path): number };
}

type Path = readonly (string | number)[];

/** The documents of a text; nothing if anything in it is not plain. */
export function plainDocuments(text: string): PlainDocument[] | undefined {
  if (UNUSUAL.test(text)) return undefined;
  const reader = new PlainReader();
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf("\n", start);
    const next = end < 0 ? text.length : end;
    if (!reader.line(text.slice(start, next), start)) return undefined;
    start = next + 1;
  }
  return reader.end() ? reader.documents : undefined;
}

// Tabs, other ends of lines, and what readers may take for either.
const UNUSUAL = /[^\n\u0020-\u007e\u00a1-\u1fff\u3001-\ud7ff]/;
const NOTHING = /^ *(?:#.*)?$/;
const ENTRY = /^( *)(- +)?([A-Za-z_][\w./-]*):(?: +(\S.*))?$/;
// Words that YAML 1.1 or 1.2 takes for a boolean, a null or a number; a key that JavaScript takes for another thing.
const MEANT = /^(?:y|n|yes|no|on|off|true|false|null|inf|nan|e\d+|__proto__)$/i;
const NUMBER = /^(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?$/;
const PLAIN = /^[A-Za-z_(]/;
const NOT_PLAIN = /: | #|:$/;

interface Block {
  indent: number;
  value: Record<string, unknown> | unknown[];
  items: Map<string | number, Part>;
}

class PlainReader {
  readonly documents: PlainDocument[] = [];
  /** The blocks that are open, the innermost last. */
  #blocks: Block[] = [];
  /** The key whose block has yet to begin. */
  #open: { name: string; at: number } | undefined;

  /** Reads a line that begins at an offset; false if it is not plain. */
  line(line: string, offset: number): boolean {
    if (line === "---") return this.end();
    if (NOTHING.test(line)) return true;
    const [, before = "", dash = "", name = "", written] = ENTRY.exec(line) ?? [];
    if (name === "" || MEANT.test(name)) return false;
    const indent = before.length + dash.length;
    const block = this.#blockOf({ indent, dashAt: dash === "" ? undefined : before.length, offset });
    if (!block || Array.isArray(block.value) || Object.hasOwn(block.value, name)) return false;
    const at = offset + indent;
    if (written === undefined) {
      this.#open = { name, at };
      return true;
    }
    const value = scalarOf(written.trimEnd());
    if (value === undefined) return false;
    block.value[name] = value;
    block.items.set(name, { start: offset + line.length - written.length, key: at });
    return true;
  }

  /** Ends a document; false if it lacks something. */
  end(): boolean {
    const isWhole = this.#open === undefined;
    this.#blocks = [];
    return isWhole;
  }

  /** The mapping that an entry belongs to, which begins with it where it has to. */
  #blockOf({ indent, dashAt, offset }: Column): Block | undefined {
    if (this.#open) return this.#begun({ indent, dashAt, offset });
    if (this.#blocks.length === 0)
      return dashAt === undefined && indent === 0 ? this.#document(offset) : undefined;
    const column = dashAt ?? indent;
    const isOver = ({ indent: own, value }: Block) =>
      own > column || (own === column && Array.isArray(value) !== (dashAt !== undefined));
    let top = this.#blocks.at(-1);
    while (top && isOver(top)) {
      this.#blocks.pop();
      top = this.#blocks.at(-1);
    }
    if (top?.indent !== column) return undefined;
    return dashAt === undefined ? top : this.#item(top, { indent, dashAt, offset });
  }

  #document(offset: number): Block {
    const block: Block = { indent: 0, value: {}, items: new Map() };
    this.#blocks.push(block);
    const root = { start: offset, key: undefined, items: block.items };
    this.documents.push({ value: block.value as Record<string, unknown>, places: placesIn(root) });
    return block;
  }

  /** The block of the key that waits for one, begun by an entry. */
  #begun({ indent, dashAt, offset }: Column): Block | undefined {
    const [parent, open] = [this.#blocks.at(-1), this.#open];
    // A list may begin in the column of its key.
    const isInside = parent && (dashAt === undefined ? indent > parent.indent : dashAt >= parent.indent);
    if (!isInside || !open || Array.isArray(parent.value)) return undefined;
    this.#open = undefined;
    const column = dashAt ?? indent;
    const block: Block = { indent: column, value: dashAt === undefined ? {} : [], items: new Map() };
    parent.value[open.name] = block.value;
    parent.items.set(open.name, { start: offset + column, key: open.at, items: block.items });
    this.#blocks.push(block);
    return dashAt === undefined ? block : this.#item(block, { indent, dashAt, offset });
  }

  #item({ value, items }: Block, { indent, offset }: Column): Block | undefined {
    if (!Array.isArray(value)) return undefined;
    const block: Block = { indent, value: {}, items: new Map() };
    items.set(value.length, { start: offset + indent, key: undefined, items: block.items });
    value.push(block.value);
    this.#blocks.push(block);
    return block;
  }
}

/** Where an entry's key stands in its line, its dash if it has one, and where the line begins. */
interface Column {
  indent: number;
  dashAt: number | undefined;
  offset: number;
}

function scalarOf(text: string): string | number | undefined {
  const quote = text[0];
  if (quote === "'" || quote === '"') {
    const inside = text.slice(1, -1);
    if (text.length < 2 || text.at(-1) !== quote) return undefined;
    if (quote === '"') return /["\\]/.test(inside) ? undefined : inside;
    const written = inside.replaceAll("''", "");
    return written.includes("'") ? undefined : inside.replaceAll("''", "'");
  }
  if (NUMBER.test(text)) return Number(text);
  return PLAIN.test(text) && !MEANT.test(text) && !NOT_PLAIN.test(text) ? text : undefined;
}

function placesIn(root: Part): PlainDocument["places"] {
  const find = (path: Path) => {
    let part = root;
    for (const [i, step] of path.entries()) {
      const found = part.items?.get(step);
      if (!found) return { part, isWhole: i === path.length };
      part = found;
    }
    return { part, isWhole: true };
  };
  const value = (path: Path) => {
    const { part } = find(path);
    return part.items && part.key !== undefined ? part.key : part.start;
  };
  return {
    value,
    key(path) {
      const { part, isWhole } = find(path);
      return isWhole && part.key !== undefined ? part.key : value(path);
    },
  };
}
