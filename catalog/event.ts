import { z } from "zod";
import { line, meets } from "./text.ts";

/** A structured log event: what only informs is logged, and wakes nobody. */
export const event = z.strictObject({
  meets,
  level: z.enum(["debug", "info", "warn", "error"]).default("info"),
  message: line,
  /** What happened, field by field, beside time, level, event, platform, service and trace id. */
  fields: z.record(
    z.string().regex(/^[a-z][a-z0-9_]{0,40}$/, "must be lower-case letters, digits and '_'"),
    z.strictObject({ type: z.enum(["string", "integer", "number", "boolean"]), description: line }),
  ),
});
export interface EventInput extends z.input<typeof event> {}
export type EventSpec = z.output<typeof event>;
