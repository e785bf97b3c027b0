import { parse } from "yaml";
import { Untranslatable } from "./untranslatable.ts";

/** What expressions of a stack may ask for. Each throws an Untranslatable for what it does not have. */
export interface Known {
  /** The text of a file, by its path beside the stack. */
  file(path: string): string;
  variable(name: string): unknown;
  /** What stands at an address of the stack: ["kubernetes_namespace_v1", "namespace", "metadata", 0, "name"]. */
  attribute(address: readonly (string | number)[]): unknown;
}

/**
 * What Terraform makes of a string of its JSON: text, or whatever the one expression in it gives. Expressions that stacks have are
 * strings, references, `file`, `yamldecode` and `jsondecode`; any other is an Untranslatable.
 */
export function terraformValue(text: string, known: Known): unknown {
  return new Template(text, known).whole();
}

class Template {
  readonly #text: string;
  readonly #known: Known;
  #at = 0;

  constructor(text: string, known: Known) {
    this.#text = text;
    this.#known = known;
  }

  whole(): unknown {
    return this.#parts(false);
  }

  /** Text with expressions in it, to the end, or to the quote that ends it. */
  #parts(quoted: boolean): unknown {
    const parts: unknown[] = [];
    let text = "";
    while (!(quoted && this.#is('"'))) {
      if (this.#at >= this.#text.length) {
        if (quoted) this.#fail("a string does not end");
        break;
      }
      if (this.#take("$${")) text += "${";
      else if (this.#take("%%{")) text += "%{";
      else if (this.#is("%{")) this.#fail("a directive");
      else if (this.#take("${")) {
        if (text !== "") parts.push(text);
        text = "";
        parts.push(this.#expression());
        this.#blanks();
        if (!this.#take("}")) this.#fail("an operator");
      } else if (quoted && this.#take("\\")) text += this.#escaped();
      else text += this.#text[this.#at++];
    }
    if (text !== "" || parts.length === 0) parts.push(text);
    return parts.length === 1 ? parts[0] : parts.map((part) => this.#inText(part)).join("");
  }

  #expression(): unknown {
    this.#blanks();
    if (this.#take('"')) {
      const value = this.#parts(true);
      this.#at += 1;
      return this.#members(value);
    }
    const name = this.#match(/[A-Za-z_][\w-]*/y) ?? this.#fail("an expression");
    if (!this.#take("(")) return this.#reference(name);
    const argument = this.#expression();
    this.#blanks();
    if (!this.#take(")")) this.#fail(`what stands in ${name}()`);
    return this.#members(this.#call(name, argument));
  }

  #call(name: string, argument: unknown): unknown {
    const text = this.#inText(argument);
    if (name === "file") return this.#known.file(text);
    if (name === "yamldecode") return parse(text);
    if (name === "jsondecode") return JSON.parse(text);
    return this.#fail(`the function ${name}`);
  }

  #reference(name: string): unknown {
    const address: (string | number)[] = [name, ...this.#steps()];
    if (address.join(".") === "path.module") return ".";
    const [, variable, ...members] = address;
    if (name === "var" && typeof variable === "string")
      return inside(this.#known.variable(variable), members);
    return this.#known.attribute(address);
  }

  #members(value: unknown): unknown {
    const steps = this.#steps();
    const found = inside(value, steps);
    return found === undefined ? this.#fail(`what is not there: ${steps.join(".")}`) : found;
  }

  #steps(): (string | number)[] {
    const steps: (string | number)[] = [];
    for (;;) {
      const step = this.#match(/\.[A-Za-z_][\w-]*|\[\d+\]/y);
      if (step === undefined) return steps;
      steps.push(step.startsWith("[") ? Number(step.slice(1, -1)) : step.slice(1));
    }
  }

  #escaped(): string {
    const character = this.#text[this.#at++];
    return { n: "\n", t: "\t", r: "\r", '"': '"', "\\": "\\" }[character ?? ""] ?? this.#fail("an escape");
  }

  #inText(value: unknown): string {
    if (["string", "number", "boolean"].includes(typeof value)) return String(value);
    return this.#fail("something other than text inside of text");
  }

  #blanks(): void {
    this.#match(/\s+/y);
  }

  #is(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at += text.length;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    this.#at += found?.length ?? 0;
    return found;
  }

  /** Not the text itself: it may be long, and somebody's value. */
  #fail(what: string): never {
    throw new Untranslatable(`${what} in an expression of Terraform's, at character ${this.#at + 1}`);
  }
}

/** What stands inside of a value; the one block of its name may be written without a list around it. */
export function inside(value: unknown, steps: readonly (string | number)[]): unknown {
  return steps.reduce<unknown>((within, step) => {
    if (typeof within !== "object" || within === null) return undefined;
    if (step === 0 && !Array.isArray(within)) return within;
    return (within as Record<string | number, unknown>)[step];
  }, value);
}
