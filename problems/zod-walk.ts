import { z } from "zod";

type Schema = z.core.$ZodType;

/** The keys that a schema allows at `path`; all those of all alternatives where it is a union. */
export function knownKeys(
  schema: Schema | undefined,
  path: readonly (string | number)[],
  value: unknown,
): string[] {
  const { schemas, value: at } = walk(schema, path, value);
  return [
    ...new Set(fitting(schemas, at).flatMap((s) => (s instanceof z.ZodObject ? Object.keys(s.shape) : []))),
  ];
}

/** What a schema asks for at `path` of a value: one schema without its wrappers, or each alternative of a union. */
export function schemasAt(schema: Schema, path: readonly (string | number)[], value: unknown): Schema[] {
  return walk(schema, path, value).schemas;
}

function walk(schema: Schema | undefined, path: readonly (string | number)[], value: unknown) {
  let schemas = schema ? plain(schema) : [];
  let at = value;
  for (const key of path) {
    schemas = fitting(schemas, at)
      .flatMap((s) => childOf(s, key))
      .flatMap(plain);
    at = (at as Record<string | number, unknown> | undefined)?.[key];
  }
  return { schemas, value: at };
}

/** The schemas behind what only wraps or chooses: optional, default, pipe, lazy, union, intersection. */
function plain(schema: Schema): Schema[] {
  if (schema instanceof z.ZodUnion) return (schema.options as Schema[]).flatMap(plain);
  if (schema instanceof z.ZodIntersection) return [schema.def.left, schema.def.right].flatMap(plain);
  if (schema instanceof z.ZodPipe) return plain(schema.in as Schema);
  if (schema instanceof z.ZodLazy) return plain(schema.unwrap() as Schema);
  const { innerType } = schema._zod.def as { innerType?: Schema };
  return innerType ? plain(innerType) : [schema];
}

// Of the alternatives only those whose constants the value has, if there are any: `kind: "latency"`.
function fitting(schemas: readonly Schema[], value: unknown): readonly Schema[] {
  const chosen = schemas.filter((schema) => {
    const shape = schema instanceof z.ZodObject ? (schema.shape as Record<string, Schema>) : {};
    const tags = Object.entries(shape).filter(([, s]) => s instanceof z.ZodLiteral);
    const given = value as Record<string, unknown> | null | undefined;
    return (
      tags.length > 0 && tags.every(([key, tag]) => (tag as z.ZodLiteral).values.has(given?.[key] as never))
    );
  });
  return chosen.length > 0 ? chosen : schemas;
}

function childOf(schema: Schema, key: string | number): Schema[] {
  if (schema instanceof z.ZodObject) {
    const child = (schema.shape as Record<string, Schema>)[key] ?? schema.def.catchall;
    return child ? [child as Schema] : [];
  }
  if (schema instanceof z.ZodArray) return [schema.element as Schema];
  if (schema instanceof z.ZodRecord) return [schema.valueType as Schema];
  if (schema instanceof z.ZodTuple)
    return [(schema.def.items[Number(key)] ?? schema.def.rest) as Schema].filter(Boolean);
  return [];
}
