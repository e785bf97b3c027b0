import { nearMatch } from "./near-match.ts";
import { orList, pathEnd, showValue } from "./show-value.ts";

/** One way in which a value does not fit its schema, in the words of a Problem. */
export interface SchemaIssue {
  rule: string;
  message: string;
  /** From the checked value. */
  path: (string | number)[];
  fix?: string;
  /** The name of the property is what is wrong, not its value. */
  atKey?: boolean;
  /** The key that an unknown one was probably meant to be. */
  near?: string;
}

/** An issue, with what is needed to choose between the alternatives of a union. */
export interface Finding extends SchemaIssue {
  /** What would have been right, in words. */
  expected?: string[];
  /** What it must be, for want of a better fix. */
  must?: string;
  /** What is wrong is the one constant by which a union tells its alternatives apart. */
  isTag?: boolean;
}

type Path = (string | number)[];

/** `must have at least 1 entry`. */
export function mustHave(
  bound: string,
  count: number | bigint,
  [one, many]: readonly [one: string, many: string],
): string {
  return `must have ${bound} ${count} ${Number(count) === 1 ? one : many}`;
}

/** The issue alone, with the fix that its finding knows, or `other`, or at least what would be right. */
export function issueOf(
  { rule, message, path, fix, atKey, near, must }: Finding,
  other?: string,
): SchemaIssue {
  const best = fix ?? other ?? (must === undefined ? undefined : instruction(must));
  return {
    rule,
    message,
    path,
    ...(best !== undefined && { fix: best }),
    ...(atKey && { atKey }),
    ...(near !== undefined && { near }),
  };
}

/** The findings, each once, and without a missing property where an unknown key was probably meant to be it. */
export function withoutEchoes(findings: readonly Finding[]): Finding[] {
  const meant = new Set(
    findings.flatMap((f) => (f.near ? JSON.stringify([...f.path.slice(0, -1), f.near]) : [])),
  );
  const told = findings.filter((f) => f.rule !== "schema/missing" || !meant.has(JSON.stringify(f.path)));
  return [...new Map(told.map((f) => [JSON.stringify([f.rule, f.path, f.message]), f])).values()];
}

/** A property that the schema does not know. */
export function unknownKey(path: Path, known: readonly string[]): Finding {
  const key = String(path.at(-1));
  const near = nearMatch(key, known);
  const others = known.length > 0 ? `; allowed are ${known.map((k) => JSON.stringify(k)).join(", ")}` : "";
  const fix = near === undefined ? `take it out${others}` : `did you mean "${near}"?`;
  return {
    rule: "schema/unknown-key",
    message: `unknown key ${showValue(key)}`,
    path,
    fix,
    atKey: true,
    ...(near && { near }),
  };
}

/** A property that is needed and not there. */
export function missing(path: Path, must?: string): Finding {
  const message = path.length > 0 ? `${showValue(String(path.at(-1)))} is missing` : "there is nothing";
  const why = must === undefined ? "" : isRule(must) ? `; it ${must}` : `: ${must}`;
  return { rule: "schema/missing", message, path, fix: `add it${why}` };
}

/** A value of the wrong type, or one that is not among the `expected`, each in words such as `a string` or `"5m"`. */
export function unexpected(path: Path, value: unknown, expected: string[]): Finding {
  const isType = !expected.some((word) => typeof value === typeof constantIn(word) && word !== "null");
  const rule = isType ? "schema/wrong-type" : "schema/wrong-value";
  const must = `must be ${orList(expected)}`;
  const fix = fixFor(value, expected);
  return {
    rule,
    message: sentence(path, value, must),
    path,
    ...(fix !== undefined && { fix }),
    must,
    expected,
  };
}

/** A value of the right type that the schema refuses; `must` says what for: `must be at least 1`. */
export function refused(path: Path, value: unknown, must: string): Finding {
  const expected = must.startsWith("must be ") ? [must.slice("must be ".length)] : undefined;
  return {
    rule: "schema/wrong-value",
    message: sentence(path, value, must),
    path,
    must,
    ...(expected && { expected }),
  };
}

function sentence(path: Path, value: unknown, must: string): string {
  const start = `${pathEnd(path)} is ${showValue(value)}`;
  return isRule(must) ? `${start}; it ${must}` : `${start}: ${must}`;
}

function isRule(text: string): boolean {
  return /^(must|may|needs|has to)\b/.test(text);
}

// "must be X" is answered by "write X". What does not begin with "must" is no rule that one could follow word by word.
function instruction(must: string): string | undefined {
  const [, not, verb, rest] = /^must (not )?(\w+) (.+)$/s.exec(must) ?? [];
  if (rest === undefined) return undefined;
  if (not) return verb === "be" ? `write one that is not ${rest}` : `write one that does not ${verb} ${rest}`;
  if (verb === "have") return `give it ${rest}`;
  if (verb !== "be") return `make it ${verb} ${rest}`;
  return /^(between|within|above|below)\b/.test(rest) ? `write one ${rest}` : `write ${rest}`;
}

function fixFor(value: unknown, expected: readonly string[]): string | undefined {
  const wantsText = expected.includes("a string");
  if (wantsText && (typeof value === "number" || typeof value === "boolean"))
    return `put it in quotes: "${value}"`;
  if (typeof value === "string" && expected.some((w) => /number$/.test(w)) && /^-?\d+(\.\d+)?$/.test(value)) {
    return `write ${value} without quotes`;
  }
  if (expected.includes("true or false") && (value === "true" || value === "false")) {
    return `write ${value} without quotes`;
  }
  const texts = expected.map(constantIn).filter((constant) => typeof constant === "string");
  const near = typeof value === "string" ? nearMatch(value, texts) : undefined;
  if (near !== undefined) return `did you mean "${near}"?`;
  const isFraction = typeof value === "number" && expected.includes("a whole number");
  return isFraction ? `write ${Math.floor(value)} or ${Math.ceil(value)}` : undefined;
}

// Words such as `a string` are no constants; `"5m"`, `3` and `true` are.
function constantIn(word: string): unknown {
  try {
    return JSON.parse(word);
  } catch {
    return undefined;
  }
}
