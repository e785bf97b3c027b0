import { z } from "zod";
import { constantsOf, standIn } from "./zod-stand-in.ts";

type Schema = z.core.$ZodType;
type Issue = z.core.$ZodIssue;

/** What to write instead of a value that any of the schemas would accept: what was meant if that can be told, or an example. */
export function fixFor(schemas: readonly Schema[], wrong: unknown): string | undefined {
  const accepts = (value: unknown) => schemas.some((schema) => z.safeParse(schema, value).success);
  const hidden = unseenIn(wrong);
  if (hidden && accepts(hidden.without)) return `take out ${hidden.codes.join(", ")}`;
  const meant = rewritings(wrong).find(accepts);
  if (meant !== undefined) return `write ${JSON.stringify(meant)}`;
  const [first] = schemas;
  return first && shapeOf(first);
}

/** How to mend what has the wrong size. */
export function sizeFix(issue: Issue, value: unknown): string | undefined {
  if (issue.code !== "too_small" && issue.code !== "too_big") return undefined;
  const [limit, isSmall] =
    issue.code === "too_small" ? [Number(issue.minimum), true] : [Number(issue.maximum), false];
  if (typeof value === "number") {
    const [most, least] = [`write ${limit} or less`, `write ${limit} or more`];
    if (issue.inclusive === false) return `write ${isSmall ? "more" : "less"} than ${limit}`;
    return isSmall ? least : most;
  }
  const size = typeof value === "string" || Array.isArray(value) ? value.length : 0;
  const count = Math.abs(size - limit);
  if (typeof value === "string") {
    return isSmall ? "write something" : `shorten it by ${count} ${count === 1 ? "character" : "characters"}`;
  }
  return isSmall ? `add ${count === 1 ? "one" : count}` : `take ${count === 1 ? "one" : count} out`;
}

// The least that a person would have to write, by the form of what belongs there.
function shapeOf(schema: Schema): string | undefined {
  if (schema instanceof z.ZodArray) return "write [ … ]";
  if (schema instanceof z.ZodRecord) return "write { NAME: … }";
  if (schema instanceof z.ZodObject) {
    const needed = Object.keys((standIn(schema) ?? {}) as object).map((key) => `${key}: …`);
    return `write { ${needed.join(", ") || "…"} }`;
  }
  const [example] = [standIn(schema)];
  if (example === undefined || (example === "x" && constantsOf(schema).length === 0)) return undefined;
  return `write, for example, ${JSON.stringify(example)}`;
}

const UNSEEN = /[^\P{C}\n]|[\u2028\u2029\u2800]/gu;

function unseenIn(text: unknown): { without: string; codes: string[] } | undefined {
  if (typeof text !== "string") return undefined;
  const found = new Set(text.match(UNSEEN) ?? []);
  const code = (character: string) =>
    (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  const codes = [...found].map((character) => `U+${code(character)}`);
  return codes.length > 0 ? { without: text.replace(UNSEEN, ""), codes } : undefined;
}

const UNITS: readonly (readonly [long: RegExp, short: string])[] = [
  [/^(milliseconds?|msecs?)$/, "ms"],
  [/^(seconds?|secs?)$/, "s"],
  [/^(minutes?|mins?)$/, "m"],
  [/^(hours?|hrs?)$/, "h"],
  [/^days?$/, "d"],
  [/^(weeks?|wks?)$/, "w"],
  [/^(kb|kib|k)$/, "Ki"],
  [/^(mb|mib|m)$/, "Mi"],
  [/^(gb|gib|g)$/, "Gi"],
  [/^(tb|tib|t)$/, "Ti"],
];

/** Other ways to write what was probably meant, the nearest first. */
function rewritings(wrong: unknown): unknown[] {
  if (typeof wrong === "number")
    return [String(wrong), ...percentages(String(wrong)), [wrong], [String(wrong)]];
  if (typeof wrong !== "string") return [];
  const close = wrong.replace(/\s+/g, "");
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)([a-z]+)$/i.exec(close) ?? [];
  const shorter = UNITS.filter(([long]) => long.test(unit.toLowerCase())).map(([, short]) => number + short);
  const name = wrong.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const names = [name.replace(/^-+|-+$/g, "")].flatMap((dashed) => [dashed, dashed.replaceAll("-", "_")]);
  return [close, ...shorter, ...percentages(close), ...names, wrong.replace(/\/+$/, ""), [wrong]];
}

// Of a number up to 1 nobody knows whether it is meant as a ratio or as a percentage.
function percentages(number: string): string[] {
  return Number(number) > 1 ? [`${number}%`] : [];
}
