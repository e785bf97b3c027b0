// Texts of entries that differ in names alone. A fleet has a thousand SLOs and a handful of forms: the texts of a form are worked out once, with
// stand-ins for the names, and filled in with each entry's own.
import { createHash } from "node:crypto";
import { alertName } from "./names.ts";

/** A text that is written when it is asked for. */
export type Text = () => string;

/** What texts are written from. */
export interface Named<T> {
  subject: T;
  /** The same as plain data, without what no text shows: of subjects that are alike it differs in names alone. */
  bare: () => T;
  /** Names that no text depends on but by showing them. */
  names: readonly string[];
}

/**
 * Writes the texts of subjects by `write`: once for those that are alike, and each by itself where a name may be mistaken for something else. `write`
 * must read nothing but its subject and what is the same for all subjects, and give as many texts for subjects that are alike.
 */
export function onceForAlike<T extends object>(write: (subject: T) => Text[]): (named: Named<T>) => Text[] {
  const forms = new Map<string, string[][] | "seen">();
  return ({ subject, bare, names }) => {
    const renaming = Renaming.of(names);
    const form = renaming?.form(bare());
    if (!renaming || form === undefined) return write(subject);
    // Forms are long, and of a platform without a fleet each stands alone.
    const digest = createHash("sha1").update(form).digest("base64");
    const known = forms.get(digest);
    if (known === undefined) {
      forms.set(digest, "seen");
      return write(subject);
    }
    const texts =
      known === "seen" ? write(JSON.parse(form) as T).map((text) => text().split(STAND_IN)) : known;
    forms.set(digest, texts);
    return texts.map((pieces) => () => renaming.filled(pieces));
  };
}

/** Whether a name is taken by YAML, Markdown and PromQL for nothing but a word, as a stand-in is. */
export function isPlainName(name: string): boolean {
  return name.length > 2 && /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name) && !YAML_WORD.test(name);
}

const YAML_WORD = /^(?:yes|off|true|false|null|inf|nan)$/;

const STAND_IN = /([zZ]q[0-9]qz)/;

/** Puts stand-ins in the place of names, and names in the place of stand-ins. */
class Renaming {
  readonly #standIns = new Map<string, string>();
  readonly #names = new Map<string, string>();
  readonly #pattern: RegExp;
  readonly #forms = new Map<unknown, string>();
  #isSafe = true;

  /** Nothing where one of the names is not plain. */
  static of(names: readonly string[]): Renaming | undefined {
    const own = [...new Set(names)];
    return own.length <= 10 && own.every(isPlainName) ? new Renaming(own) : undefined;
  }

  private constructor(names: readonly string[]) {
    for (const [i, name] of names.entries()) {
      this.#add(name, `zq${i}qz`);
      this.#add(alertName(name), `Zq${i}qz`);
    }
    // The longest first: one may be the beginning of another.
    const longest = [...names].sort((a, b) => b.length - a.length);
    const inAlerts = longest.map(alertName);
    this.#pattern = new RegExp(
      `(?<![A-Za-z0-9_])(?:(?:${longest.join("|")})(?![A-Za-z0-9_])|(?:${inAlerts.join("|")})(?![a-z0-9_]))`,
      "g",
    );
  }

  #add(name: string, standIn: string): void {
    this.#standIns.set(name, standIn);
    this.#names.set(standIn, name);
  }

  /** The subject as JSON, with stand-ins for the names; nothing where stand-ins could not be told from what stands there. */
  form(subject: object): string | undefined {
    const form = this.#json(subject);
    return this.#isSafe ? form : undefined;
  }

  /** A text that was split at its stand-ins: every second piece is one. */
  filled(pieces: readonly string[]): string {
    let text = "";
    for (const [i, piece] of pieces.entries()) text += i % 2 === 1 ? this.#names.get(piece) : piece;
    return text;
  }

  // Steps and texts stand in several alerts of an SLO.
  #json(value: unknown): string {
    const known = this.#forms.get(value);
    if (known !== undefined) return known;
    const form = typeof value === "string" ? JSON.stringify(this.#renamed(value)) : this.#parts(value);
    this.#forms.set(value, form);
    return form;
  }

  #parts(value: unknown): string {
    if (Array.isArray(value)) return `[${value.map((part) => this.#json(part)).join(",")}]`;
    if (typeof value === "number" && !Number.isFinite(value)) this.#isSafe = false;
    if (typeof value !== "object" || value === null) return JSON.stringify(value);
    let parts = "";
    for (const [key, part] of Object.entries(value))
      if (part !== undefined) parts += `${parts && ","}"${key}":${this.#json(part)}`;
    return `{${parts}}`;
  }

  #renamed(text: string): string {
    if (STAND_IN.test(text)) this.#isSafe = false;
    return text.replace(this.#pattern, (name, at: number) => {
      // Markdown looks at what stands before these (GFM 0.29, 6.9): the end of "www", "http" and "https".
      if (/[wps]$/.test(name) && /^(?:\.[\w.-]|:\/)/.test(text.slice(at + name.length, at + name.length + 2)))
        this.#isSafe = false;
      return this.#standIns.get(name) ?? name;
    });
  }
}
