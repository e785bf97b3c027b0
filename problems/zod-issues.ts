import { z } from "zod";
import { nearMatch } from "./near-match.ts";

/** One way in which a value does not fit its schema, in the words of a Problem. */
export interface SchemaIssue {
  rule: string;
  message: string;
  /** From the checked value. */
  path: (string | number)[];
  fix?: string;
  /** The name of the property is what is wrong, not its value. */
  atKey?: boolean;
}

type Issue = z.core.$ZodIssue;

/** Every issue in words; `schema` is asked for the keys that are allowed, so that an unknown one gets its near match. */
export function explainIssues(issues: readonly Issue[], value: unknown, schema?: z.ZodType): SchemaIssue[] {
  return issues.flatMap((issue) => explain(issue, value, schema));
}

function explain(issue: Issue, value: unknown, schema: z.ZodType | undefined): SchemaIssue[] {
  const path = issue.path.map((key) => (typeof key === "number" ? key : String(key)));
  if (issue.code === "unrecognized_keys") {
    const allowed = keysAt(schema, path);
    return issue.keys.map((key) => {
      const near = nearMatch(key, allowed);
      const fix = near === undefined ? `take it out; allowed are ${allowed.join(", ")}` : `did you mean "${near}"?`;
      return { rule: "schema/unknown-key", message: `unknown key "${key}"`, path: [...path, key], fix, atKey: true };
    });
  }
  const found = path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], value);
  const name = path.at(-1);
  if (found === undefined && issue.code !== "custom") {
    return [{ rule: "schema/missing", message: `"${name}" is missing`, path, fix: `add it: ${issue.message}` }];
  }
  const rule = issue.code === "invalid_type" ? "schema/wrong-type" : "schema/wrong-value";
  return [{ rule, message: `${JSON.stringify(found)}: ${issue.message}`, path }];
}

function keysAt(schema: z.ZodType | undefined, path: readonly (string | number)[]): string[] {
  let at: z.ZodType | undefined = schema;
  for (const key of path) at = childOf(unwrap(at), key);
  const object = unwrap(at);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

function unwrap(schema: z.ZodType | undefined): z.ZodType | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return unwrap(schema.unwrap() as z.ZodType);
  return schema;
}

function childOf(schema: z.ZodType | undefined, key: string | number): z.ZodType | undefined {
  if (schema instanceof z.ZodObject) return schema.shape[key] as z.ZodType | undefined;
  if (schema instanceof z.ZodArray) return schema.element as z.ZodType;
  if (schema instanceof z.ZodRecord) return schema.valueType as z.ZodType;
  return undefined;
}
