import { z } from "zod";
import { nearMatch } from "./near-match.ts";

type Schema = z.core.$ZodType;

/**
 * A small value that a schema accepts, for the place of one that it refuses; undefined where none is known. Of constants it is
 * the one that `wrong` most probably meant. Texts of a certain form say one themselves: `.meta({ examples: ["5m"] })`.
 */
export function standIn(schema: Schema, wrong?: unknown): unknown {
  const [example] = (z.globalRegistry.get(schema)?.examples as unknown[] | undefined) ?? [];
  if (example !== undefined) return example;
  if (schema instanceof z.ZodObject) return objectFor(schema);
  if (schema instanceof z.ZodRecord) return {};
  if (schema instanceof z.ZodArray)
    return schema.safeParse([]).success ? [] : [standIn(schema.element as Schema)];
  if (schema instanceof z.ZodUnion)
    return firstOf((schema.options as Schema[]).map((s) => standIn(s, wrong)));
  const constants = constantsOf(schema);
  if (constants.length > 0) return meant(wrong, constants) ?? constants[0];
  if (schema instanceof z.ZodString) return "x";
  if (schema instanceof z.ZodBoolean) return false;
  if (schema instanceof z.ZodNumber) return Math.max(1, schema.minValue ?? 1);
  if (schema instanceof z.ZodPipe) return standIn(schema.in as Schema, wrong);
  if (schema instanceof z.ZodLazy) return standIn(schema.unwrap() as Schema, wrong);
  const { innerType } = schema._zod.def as { innerType?: Schema };
  return innerType && standIn(innerType, wrong);
}

/** The constant that a wrong value most probably meant, if it is a text near one of them. */
export function meant(wrong: unknown, constants: readonly unknown[]): string | undefined {
  const texts = constants.filter((constant) => typeof constant === "string");
  return typeof wrong === "string" ? nearMatch(wrong, texts) : undefined;
}

/** The values that a schema of constants accepts; none for any other. */
export function constantsOf(schema: Schema): unknown[] {
  if (schema instanceof z.ZodLiteral) return [...schema.values];
  return schema instanceof z.ZodEnum ? schema.options : [];
}

function objectFor(schema: z.ZodObject): object {
  const needed = Object.entries(schema.shape as Record<string, Schema>).filter(
    ([, s]) => !z.safeParse(s, undefined).success,
  );
  return Object.fromEntries(needed.map(([key, s]) => [key, standIn(s)]));
}

function firstOf(values: readonly unknown[]): unknown {
  return values.find((value) => value !== undefined);
}
