import type { ErrorObject } from "ajv";
import {
  type Finding,
  missing,
  mustHave,
  refused,
  unexpected,
  unknownKey,
} from "../../problems/schema-issue.ts";
import { orList, showValue } from "../../problems/show-value.ts";

type Path = (string | number)[];

const TYPES: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
};

/** What an error of ajv means, in words; nothing for one that only repeats another. `before` leads to the checked value. */
export function explainError(error: ErrorObject, before: Path): Finding | undefined {
  const path = [...before, ...pointerPath(error.instancePath)];
  const { params, data, schema } = error;
  switch (error.keyword) {
    case "if":
      return undefined; // `then` or `else` said what is wrong
    case "additionalProperties":
    case "unevaluatedProperties": {
      const key = String(params.additionalProperty ?? params.unevaluatedProperty);
      return unknownKey([...path, key], Object.keys(error.parentSchema?.properties ?? {}));
    }
    case "required":
    case "dependentRequired":
    case "dependencies": {
      const key = String(params.missingProperty);
      return missing([...path, key], mustOfSchema(error.parentSchema?.properties?.[key]));
    }
    case "propertyNames":
      return undefined; // the name's own error is reported
    case "type":
      if ("const" in (error.parentSchema ?? {}) || "enum" in (error.parentSchema ?? {})) return undefined; // says more
      return unexpected(
        path,
        data,
        [schema].flat().map((type) => TYPES[String(type)] ?? String(type)),
      );
    case "enum":
      return unexpected(path, data, (schema as unknown[]).map(showValue));
    case "const":
      return { ...unexpected(path, data, [showValue(schema)]), isTag: true };
    default:
      return error.propertyName === undefined
        ? refused(path, data, mustOf(error))
        : wrongName(path, error.propertyName, mustOf(error));
  }
}

/** The way that a JSON pointer leads. */
export function pointerPath(pointer: string): Path {
  const parts = pointer.split("/").slice(1);
  return parts.map((part) =>
    /^\d+$/.test(part) ? Number(part) : part.replaceAll("~1", "/").replaceAll("~0", "~"),
  );
}

function wrongName(path: Path, name: string, must: string): Finding {
  const message = `the key ${showValue(name)} ${must}`;
  return { rule: "schema/wrong-value", message, path: [...path, name], fix: "rename it", atKey: true };
}

function mustOf({ keyword, schema, parentSchema, message }: ErrorObject): string {
  const own = parentSchema?.description as unknown;
  if (typeof own === "string" && own.startsWith("must ")) return own;
  const limit = String(schema);
  switch (keyword) {
    case "minimum":
      return `must be at least ${limit}`;
    case "maximum":
      return `must be at most ${limit}`;
    case "exclusiveMinimum":
      return `must be more than ${limit}`;
    case "exclusiveMaximum":
      return `must be less than ${limit}`;
    case "multipleOf":
      return `must be a multiple of ${limit}`;
    case "minLength":
    case "minItems":
    case "minProperties":
      return mustHave("at least", Number(schema), countedBy(keyword));
    case "maxLength":
    case "maxItems":
    case "maxProperties":
      return mustHave("at most", Number(schema), countedBy(keyword));
    case "uniqueItems":
      return "must not have an entry twice";
    case "pattern":
      return `must match ${limit}`;
    case "format":
      return `must be a valid ${limit}`;
    case "oneOf":
      return "must fit only one of its alternatives";
    default:
      return message ?? "is not allowed";
  }
}

function countedBy(keyword: string): [one: string, many: string] {
  if (keyword.endsWith("Length")) return ["character", "characters"];
  return keyword.endsWith("Items") ? ["entry", "entries"] : ["key", "keys"];
}

function mustOfSchema(schema: unknown): string | undefined {
  const { type, enum: values, const: value, description } = (schema ?? {}) as Record<string, unknown>;
  if (typeof description === "string" && description.startsWith("must ")) return description;
  if (Array.isArray(values)) return `must be ${orList(values.map(showValue))}`;
  if (value !== undefined) return `must be ${showValue(value)}`;
  const types = [type ?? []].flat().map((t) => TYPES[String(t)] ?? String(t));
  return types.length > 0 ? `must be ${orList(types)}` : undefined;
}
