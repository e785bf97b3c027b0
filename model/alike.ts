// Texts of entries that differ in names alone. A fleet has a thousand SLOs and a handful of forms: the texts of a form are worked out once, with
// stand-ins for the names, and filled in with each entry's own.
import { createHash } from "node:crypto";
import { alertName } from "./names.ts";
import { once } from "./once.ts";

/** A text that is written when it is asked for. */
export type Text = () => string;

/** What texts are written from. */
export interface Named<T> {
  subject: T;
  /** The same as plain data, without what no text shows: of subjects that are alike it differs in names alone. */
  bare: () => T;
  /** Names that no text depends on but by showing them; undefined where that is not so. */
  names: readonly string[] | undefined;
}

/**
 * Writes the texts of subjects by `write`: once for those that are alike, and each by itself where a name may be mistaken for something else. `write`
 * must read nothing but its subject and what is the same for all subjects, and give as many texts for subjects that are alike.
 */
export function onceForAlike<T extends object>(write: (subject: T) => Text[]): (named: Named<T>) => Text[] {
  const written = new Map<string, string[][] | "once">();
  return (named) => {
    const kind = kindOf(named);
    if (kind === undefined) return write(named.subject);
    const known = written.get(kind.digest);
    if (known === undefined) {
      written.set(kind.digest, "once");
      return write(named.subject);
    }
    const form = () => JSON.parse(new Form(kind.names).of(named.bare()) ?? "") as T;
    const texts = known === "once" ? write(form()).map((text) => text().split(STAND_IN)) : known;
    written.set(kind.digest, texts);
    const words = wordsOf(kind.names);
    return texts.map((pieces) => () => filled(pieces, words));
  };
}

/** What is the same for all that are alike, and the names that are not. Only a digest: forms are long, and of a platform without a fleet each stands alone. */
const kindOf = once(({ bare, names }: Named<object>): { digest: string; names: string[] } | undefined => {
  const own = names?.every(isPlainName) ? [...new Set(names)] : [];
  const form = own.length > 0 ? new Form(own).of(bare()) : undefined;
  return form === undefined
    ? undefined
    : { digest: createHash("sha1").update(form).digest("base64"), names: own };
});

/** A text that was split at its stand-ins, with the words that these stand for: every second piece is one. */
function filled(pieces: readonly string[], words: ReadonlyMap<string, string>): string {
  const text = [...pieces];
  for (let i = 1; i < text.length; i += 2) text[i] = words.get(pieces[i] ?? "") ?? "";
  return text.join("");
}

/** What each stand-in stands for: a name, or a name as it is part of an alert's. */
function wordsOf(names: readonly string[]): Map<string, string> {
  return new Map(
    names.flatMap((name, i) => [
      [`zq${i}qz`, name],
      [`Zq${i}qz`, alertName(name)],
    ]),
  );
}

/** Whether a name is taken by YAML, Markdown and PromQL for nothing but a word, as a stand-in is. */
export function isPlainName(name: string): boolean {
  return name.length > 2 && /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name) && !YAML_WORD.test(name);
}

const YAML_WORD = /^(?:yes|off|true|false|null|inf|nan|e\d+)$/;

const STAND_IN = /([zZ]q\d+qz)/;

// What is written depends on the words that stand here; a name that is one of them could not be told from it.
const DECIDING = new Set([
  "aggregate",
  "by",
  "cause",
  "class",
  "counts",
  "kind",
  "label",
  "noTraffic",
  "op",
  "series",
  "severity",
  "source",
  "type",
  "unit",
]);

/** Plain data as JSON, with stand-ins for names. */
class Form {
  readonly #standIns: ReadonlyMap<string, string>;
  readonly #pattern: RegExp;
  // Steps and texts stand in several alerts of an SLO.
  readonly #written = new Map<unknown, string>();
  #isSafe = true;

  constructor(names: readonly string[]) {
    this.#standIns = new Map([...wordsOf(names)].map(([standIn, word]) => [word, standIn]));
    // The longest first: one may be the beginning of another.
    const longest = [...names].sort((a, b) => b.length - a.length);
    const inAlerts = longest.map(alertName);
    this.#pattern = new RegExp(
      `(?<![A-Za-z0-9_])(?:(?:${longest.join("|")})(?![A-Za-z0-9_])|(?:${inAlerts.join("|")})(?![a-z0-9_]))`,
      "g",
    );
  }

  /** Nothing where stand-ins could not be told from what stands there, or Markdown looks at a name's last letter. */
  of(subject: object): string | undefined {
    const form = this.#json(subject);
    return this.#isSafe ? form : undefined;
  }

  #json(value: unknown): string {
    if (typeof value === "number" && !Number.isFinite(value)) this.#isSafe = false;
    if (typeof value !== "string" && (typeof value !== "object" || value === null)) return String(value);
    const known = this.#written.get(value);
    if (known !== undefined) return known;
    const json = typeof value === "string" ? JSON.stringify(this.#renamed(value)) : this.#parts(value);
    this.#written.set(value, json);
    return json;
  }

  #parts(value: object): string {
    if (Array.isArray(value)) return `[${value.map((part) => this.#json(part)).join(",")}]`;
    let parts = "";
    for (const key in value) {
      const part: unknown = value[key as keyof typeof value];
      if (DECIDING.has(key) && [part].flat().some((word) => this.#standIns.has(String(word))))
        this.#isSafe = false;
      if (part !== undefined) parts += `${parts && ","}${JSON.stringify(key)}:${this.#json(part)}`;
    }
    return `{${parts}}`;
  }

  #renamed(text: string): string {
    if (STAND_IN.test(text)) this.#isSafe = false;
    return text.replace(this.#pattern, (name, at: number) => {
      // The end of "www", "http" and "https" (GFM 0.29, 6.9).
      if (/[wps]$/.test(name) && /^(?:\.[\w.-]|:\/)/.test(text.slice(at + name.length, at + name.length + 2)))
        this.#isSafe = false;
      return this.#standIns.get(name) ?? name;
    });
  }
}
