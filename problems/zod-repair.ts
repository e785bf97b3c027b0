import type { z } from "zod";
import { isWithin } from "./is-within.ts";
import type { SchemaIssue } from "./schema-issue.ts";
import { explainIssues } from "./zod-issues.ts";
import { constantsOf, meant, standIn } from "./zod-stand-in.ts";
import { schemasAt } from "./zod-walk.ts";

type Path = readonly (string | number)[];

/** A value that its schema accepts, made of one that it refuses, and the places in it that are not what was written. */
export interface Repaired<T> {
  value: T;
  setAside: Path[];
}

// Each round mends all that the schema finds; what it only sees then takes another. Beyond these a value is no such thing at all.
const MOST_ROUNDS = 12;

/**
 * Makes the most of a value that its schema refuses: unknown keys are left out, every other value that is wrong or missing gets
 * a stand-in, and all that is right stays. What is said of the result holds for the value, except at the places set aside.
 * Nothing where no stand-in is accepted. The value itself is not changed.
 */
export function repair<S extends z.ZodType>(schema: S, value: unknown): Repaired<z.output<S>> | undefined {
  const mender = new Mender(schema, value);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const parsed = schema.safeParse(mender.value);
    if (parsed.success) return { value: parsed.data, setAside: mender.setAside };
    const issues = explainIssues(parsed.error.issues, mender.value, schema);
    for (const issue of issues) mender.mend(issue);
  }
  return undefined;
}

class Mender {
  readonly setAside: Path[] = [];
  value: unknown;
  readonly #schema: z.ZodType;
  readonly #replaced: Path[] = [];

  constructor(schema: z.ZodType, value: unknown) {
    this.#schema = schema;
    this.value = value;
  }

  mend({ path, atKey, near, rule }: SchemaIssue): void {
    const around = path.slice(0, -1);
    if (!atKey) this.#replace(path);
    else {
      this.value = changed(this.value, path, undefined);
      // A name that is not allowed may be spoken of elsewhere; a key that is unknown is not, unless it was meant to be another.
      if (rule !== "schema/unknown-key") this.setAside.push(around);
      else this.setAside.push(path, ...(near === undefined ? [] : [[...around, near]]));
    }
  }

  #replace(path: Path): void {
    const wrong = valueAt(this.value, path);
    const schemas = schemasAt(this.#schema, path, this.value);
    const constants = schemas.flatMap(constantsOf);
    // A constant that tells alternatives apart and might mean any of them says nothing of what is beside it.
    const isAnyTag = schemas.length > 1 && constants.length > 0 && meant(wrong, constants) === undefined;
    const isRefused = this.#replaced.some((other) => isWithin(path, other));
    if ((isAnyTag || isRefused) && path.length > 0) {
      this.#replace(path.slice(0, -1));
      return;
    }
    const near = schemas.find((s) => meant(wrong, constantsOf(s)) === meant(wrong, constants));
    this.value = changed(this.value, path, standIn((near ?? schemas[0]) as z.ZodType, wrong));
    this.#replaced.push(path);
    this.setAside.push(path);
  }
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => {
    return value !== null && typeof value === "object" && Object.hasOwn(value, key)
      ? (value as Record<string | number, unknown>)[key]
      : undefined;
  }, root);
}

// A copy of what is on the way; undefined takes the property away.
function changed(root: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  if (root === null || typeof root !== "object") return root;
  const inner = changed((root as Record<string | number, unknown>)[key], rest, value);
  if (Array.isArray(root)) return root.map((item, i) => (i === key ? inner : item));
  const entries = Object.entries(root).filter(([name]) => name !== String(key));
  return Object.fromEntries(inner === undefined ? entries : [...entries, [key, inner]]);
}
