import { z } from "zod";
import { nearestBranch } from "./nearest-branch.ts";
import {
  type Finding,
  issueOf,
  missing,
  mustHave,
  refused,
  type SchemaIssue,
  unexpected,
  unknownKey,
  withoutEchoes,
} from "./schema-issue.ts";
import { orList, showValue } from "./show-value.ts";
import { fixFor, sizeFix } from "./zod-fix.ts";
import { knownKeys, schemasAt } from "./zod-walk.ts";

export type { SchemaIssue } from "./schema-issue.ts";

type Issue = z.core.$ZodIssue;
type Path = (string | number)[];

/** What the issues of one value are explained with. */
interface Checked {
  value: unknown;
  schema: z.core.$ZodType | undefined;
}

/**
 * Every issue in words. A message that the schema gives itself is used as it is; of a union only the nearest
 * alternative is spoken of. `schema` is asked for the keys that are allowed, for the near match of an unknown one.
 */
export function explainIssues(
  issues: readonly Issue[],
  value: unknown,
  schema?: z.core.$ZodType,
): SchemaIssue[] {
  const findings = withoutEchoes(issues.flatMap((issue) => explain(issue, [], { value, schema })));
  return findings.map((finding) => {
    const { path, fix, atKey } = finding;
    if (fix !== undefined || atKey || !schema) return issueOf(finding);
    return issueOf(finding, fixFor(schemasAt(schema, path, value), valueAt(value, path)));
  });
}

function explain(issue: Issue, before: Path, checked: Checked): Finding[] {
  const path = [...before, ...issue.path.map((key) => (typeof key === "number" ? key : String(key)))];
  const value = valueAt(checked.value, path);
  const own = ownMessage(issue, value);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) =>
        unknownKey([...path, key], knownKeys(checked.schema, path, checked.value)),
      );
    case "invalid_key":
      return [wrongKey(path, own ?? issue.issues[0]?.message ?? "is not allowed")];
    case "invalid_element":
      return issue.issues.flatMap((inner) => explain(inner, path, checked));
  }
  if (value === undefined && (issue.code !== "custom" || issue.path.length > 0))
    return [missing(path, own ?? mustOf(issue))];
  if (own !== undefined)
    return [
      { ...refused(path, value, own), rule: ruleOf(issue, value), ...tagOf(issue), ...fixOf(issue, value) },
    ];
  if (issue.code === "invalid_union") return explainUnion(issue, path, checked);
  const expected = expectedOf(issue);
  return [
    expected
      ? { ...unexpected(path, value, expected), ...tagOf(issue) }
      : { ...refused(path, value, mustOf(issue) ?? "is not allowed"), ...fixOf(issue, value) },
  ];
}

function explainUnion(issue: z.core.$ZodIssueInvalidUnion, path: Path, checked: Checked): Finding[] {
  const value = valueAt(checked.value, path);
  if (issue.inclusive === false) return [refused(path, value, "must fit only one of its alternatives")];
  const { options } = issue as { options?: unknown[] };
  if (issue.errors.length === 0)
    return [{ ...unexpected(path, value, (options ?? []).map(showValue)), isTag: true }];
  const branches = issue.errors.map((issues) => issues.flatMap((inner) => explain(inner, path, checked)));
  return nearestBranch(branches, { path, value, valueAt: (inner) => valueAt(checked.value, inner) });
}

function wrongKey(path: Path, own: string): Finding {
  const message = `the key ${showValue(String(path.at(-1)))} ${own}`;
  return { rule: "schema/wrong-value", message, path, fix: "rename it", atKey: true };
}

// The message is the schema's own when zod would have said something else.
function ownMessage(issue: Issue, value: unknown): string | undefined {
  if (issue.code === "custom") return issue.message === "Invalid input" ? "is not allowed" : issue.message;
  const usual = z.config().localeError?.({ ...issue, input: value } as z.core.$ZodRawIssue);
  return issue.message === (typeof usual === "string" ? usual : usual?.message) ? undefined : issue.message;
}

function ruleOf(issue: Issue, value: unknown): string {
  if (issue.code === "invalid_type") return "schema/wrong-type";
  if (issue.code !== "invalid_value") return "schema/wrong-value";
  return issue.values.some((v) => typeof v === typeof value) ? "schema/wrong-value" : "schema/wrong-type";
}

function tagOf(issue: Issue): { isTag?: true } {
  return issue.code === "invalid_value" && issue.values.length === 1 ? { isTag: true } : {};
}

// A refinement may say in its params how to mend what it refuses.
function fixOf(issue: Issue, value: unknown): { fix?: string } {
  const fix = issue.code === "custom" ? (issue.params?.fix as unknown) : sizeFix(issue, value);
  return typeof fix === "string" ? { fix } : {};
}

const TYPES: Readonly<Record<string, string>> = {
  string: "a string",
  template_literal: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  tuple: "a list",
  object: "an object",
  record: "an object",
  date: "a date",
};

function expectedOf(issue: Issue): string[] | undefined {
  if (issue.code === "invalid_value") return issue.values.map(showValue);
  return issue.code === "invalid_type" ? [TYPES[issue.expected] ?? issue.expected] : undefined;
}

function mustOf(issue: Issue): string | undefined {
  switch (issue.code) {
    case "too_small":
      return sized(issue, issue.minimum, issue.inclusive ? "at least" : "more than");
    case "too_big":
      return sized(issue, issue.maximum, issue.inclusive ? "at most" : "less than");
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}`;
    case "invalid_format":
      return issue.pattern === undefined ? `must be a valid ${issue.format}` : `must match ${issue.pattern}`;
    case "invalid_type":
    case "invalid_value":
      return `must be ${orList(expectedOf(issue) ?? [])}`;
    case "invalid_union": {
      const { options } = issue as { options?: unknown[] };
      return options ? `must be ${orList(options.map(showValue))}` : undefined;
    }
    default:
      return undefined;
  }
}

function sized(
  { origin, exact }: { origin: string; exact?: boolean },
  limit: number | bigint,
  bound: string,
): string {
  const how = exact ? "exactly" : bound;
  if (origin === "string") return mustHave(how, limit, ["character", "characters"]);
  if (origin === "array" || origin === "set") return mustHave(how, limit, ["entry", "entries"]);
  return `must be ${how} ${limit}`;
}

function valueAt(root: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, key) => {
    return value !== null && typeof value === "object" && Object.hasOwn(value, key)
      ? (value as Record<string | number, unknown>)[key]
      : undefined;
  }, root);
}
