import type { Condition, Where } from "../catalog/selector.ts";
import type { Term } from "./terms.ts";

type Matchers = Term["matchers"];

/** Matchers as the catalog's conditions; nothing where they are none, such as a pattern that is no list of values. */
export function whereOf(matchers: Matchers): Where | undefined {
  const where: Where = {};
  for (const { label, op, value } of matchers) {
    const values = op.endsWith("~") ? valuesOf(value) : value;
    if (values === undefined || label in where) return undefined;
    where[label] = (op.startsWith("!") ? { not: values } : values) as Condition;
  }
  return where;
}

/** The values of a pattern that is nothing but a list of them. */
function valuesOf(pattern: string): string[] | undefined {
  const inner = /^\(([^()]*)\)$/.exec(pattern)?.[1] ?? pattern;
  const values = inner.split("|").map((value) => value.replace(/\\([.+*?-])/g, "\u0000$1"));
  // What is left of a pattern's own signs after the escaped ones makes it more than a value.
  if (values.some((value) => /(?<!\u0000)[\\^$.*+?()[\]{}]/.test(value))) return undefined;
  return values.map((value) => value.replaceAll("\u0000", ""));
}

/** Whether the labels are such as all matchers ask for. */
export function fits(matchers: Matchers, labels: Readonly<Record<string, string>>): boolean {
  return matchers.every((matcher) => accepts(matcher, labels[matcher.label] ?? ""));
}

/** A value that a matcher lets through; with `not`, one that it does not. Nothing if none is found. */
export function valueFor(matcher: Matchers[number], { not = false } = {}): string | undefined {
  const { op, value } = matcher;
  const guesses = [op.endsWith("~") ? firstText(value) : value, "other", "1", "a", "200", ""];
  return guesses.find((guess) => accepts(matcher, guess) !== not);
}

function accepts({ op, value }: Matchers[number], actual: string): boolean {
  const isSame = op.endsWith("~") ? patternOf(value)?.test(actual) : value === actual;
  return isSame === !op.startsWith("!");
}

function patternOf(value: string): RegExp | undefined {
  if (!patterns.has(value)) patterns.set(value, readPattern(value));
  return patterns.get(value);
}

// The SLOs of a file ask for the same again and again.
const patterns = new Map<string, RegExp | undefined>();

function readPattern(value: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${value})$`, "s");
  } catch {
    // Go knows forms that JavaScript does not.
    return undefined;
  }
}

const firsts = new Map<string, string>();

function firstText(pattern: string): string {
  const found = firsts.get(pattern) ?? firstOf(pattern);
  firsts.set(pattern, found);
  return found;
}

/** The first text that a simple pattern describes: groups and classes by their first choice, what may be left out left out. */
function firstOf(pattern: string): string {
  let text = pattern.replace(/^\^|\$$/g, "");
  for (let before = ""; before !== text; ) {
    before = text;
    text = text.replace(/\((?:\?:)?([^()|]*)(?:\|[^()]*)?\)([*?])?/g, (_all, first, left) =>
      left ? "" : first,
    );
  }
  return (text.split("|")[0] ?? "")
    .replace(/\[([^\]^])[^\]]*\]|\[\^[^\]]*\]/g, (_all, first) => first ?? "0")
    .replace(/\\d/g, "0")
    .replace(/\\w/g, "a")
    .replace(/(?<!\\)\.\*|(?<!\\)\.\?/g, "")
    .replace(/(?<!\\)\./g, "0")
    .replace(/(?<!\\)\+/g, "")
    .replace(/\\(.)/g, "$1");
}
