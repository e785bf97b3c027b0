import { createRequire } from "node:module";
import type { Ajv, ErrorObject, ValidateFunction } from "ajv";
import { nearestBranch } from "../../problems/nearest-branch.ts";
import { type Finding, issueOf, type SchemaIssue, withoutEchoes } from "../../problems/schema-issue.ts";
import { explainError, pointerPath } from "./json-schema-errors.ts";

// The name under which a schema's own parts find it: those of a union are compiled on their own.
const ROOT = "checked";

/** A JSON Schema, ready to check values and to say in words what is wrong with them. */
export interface SchemaChecker {
  /** Everything wrong with the value; of a union only what is wrong with the nearest alternative. */
  check(value: unknown): SchemaIssue[];
}

const checkers = new WeakMap<object, SchemaChecker>();

/** The checker of a schema (draft-07, or 2020-12 if it says so), made once. */
export function schemaChecker(schema: object): SchemaChecker {
  const checker = checkers.get(schema) ?? new AjvChecker(schema);
  checkers.set(schema, checker);
  return checker;
}

class AjvChecker implements SchemaChecker {
  readonly #ajv: Ajv;
  readonly #whole: ValidateFunction;
  readonly #parts = new WeakMap<object, ValidateFunction>();

  constructor(schema: object) {
    this.#ajv = createAjv((schema as { $schema?: string }).$schema ?? "");
    this.#whole = this.#ajv.compile({ ...schema, $id: ROOT });
  }

  check(value: unknown): SchemaIssue[] {
    return withoutEchoes(this.#findings(this.#whole, value, [])).map((finding) => issueOf(finding));
  }

  #findings(validate: ValidateFunction, value: unknown, path: (string | number)[]): Finding[] {
    if (validate(value)) return [];
    let errors = withoutPatternOfFormat(validate.errors ?? []);
    const findings: Finding[] = [];
    // Outer unions come last; what their alternatives said, inner unions included, is theirs to tell.
    for (const error of [...errors].reverse()) {
      if (!errors.includes(error) || !isUnion(error)) continue;
      const told = (error.schema as object[]).flatMap((part) => this.#errorsOf(part, error));
      errors = without(without(errors, told), [error]);
      findings.push(...this.#explainUnion(error, path));
    }
    return [...findings, ...errors.flatMap((error) => explainError(error, path) ?? [])];
  }

  #explainUnion(error: ErrorObject, before: (string | number)[]): Finding[] {
    const path = [...before, ...pointerPath(error.instancePath)];
    const parts = (error.schema as object[]).map((part) =>
      this.#findings(this.#part(part), error.data, path),
    );
    const valueAt = (inner: readonly (string | number)[]) =>
      inner
        .slice(path.length)
        .reduce<unknown>((value, key) => (value as Record<string, unknown>)?.[key], error.data);
    return nearestBranch(parts, { path, value: error.data, valueAt });
  }

  #errorsOf(part: object, { data, instancePath }: ErrorObject): ErrorObject[] {
    const validate = this.#part(part);
    validate(data);
    return (validate.errors ?? []).map((e) => ({ ...e, instancePath: instancePath + e.instancePath }));
  }

  #part(part: object): ValidateFunction {
    let validate = this.#parts.get(part);
    if (!validate) {
      const ref = (key: string, value: unknown) =>
        key === "$ref" && typeof value === "string" && value.startsWith("#") ? `${ROOT}${value}` : value;
      validate = this.#ajv.compile(JSON.parse(JSON.stringify(part), ref));
      this.#parts.set(part, validate);
    }
    return validate;
  }
}

// Loaded only when something is checked; `require`, so that checking need not be asynchronous.
function createAjv(dialect: string): Ajv {
  const require = createRequire(import.meta.url);
  const module = require(dialect.includes("2020-12") ? "ajv/dist/2020.js" : "ajv") as { default: typeof Ajv };
  const ajv = new module.default({ allErrors: true, verbose: true, strict: false, logger: false });
  (require("ajv-formats") as { default: (ajv: Ajv) => void }).default(ajv);
  return ajv;
}

function isUnion(error: ErrorObject): boolean {
  return error.keyword === "anyOf" || (error.keyword === "oneOf" && error.params.passingSchemas === null);
}

// zod writes a pattern beside each format: `must be a valid email` says more than its regular expression.
function withoutPatternOfFormat(errors: readonly ErrorObject[]): ErrorObject[] {
  const formats = errors.filter((e) => e.keyword === "format").map((e) => e.instancePath);
  return errors.filter((e) => e.keyword !== "pattern" || !formats.includes(e.instancePath));
}

// Each of `taken` takes one of its equals away: the same may also be wrong outside of the union.
function without(errors: readonly ErrorObject[], taken: readonly ErrorObject[]): ErrorObject[] {
  const keyOf = (e: ErrorObject) => JSON.stringify([e.instancePath, e.keyword, e.params]);
  const left = taken.map(keyOf);
  return errors.filter((error) => {
    const at = left.indexOf(keyOf(error));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
