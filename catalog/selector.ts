import { z } from "zod";
import { reference } from "./reference.ts";
import { labelName } from "./text.ts";

const value = z.string().max(200);

/** What a label must be: a value, one of several, or neither of them. */
export const condition = z.union(
  [value, z.array(value).min(1), z.strictObject({ not: z.union([value, z.array(value).min(1)]) })],
  { error: "must be a value, a list of values, or { not: … }" },
);
export type Condition = z.infer<typeof condition>;

/** Label conditions, all of which must hold. */
export const where = z.record(labelName, condition);
export type Where = z.infer<typeof where>;

/** Series of one declared metric. */
export const selector = z.strictObject({
  /** A declared metric's name. */
  metric: reference("metric"),
  /** Conditions on its labels; none selects all its series. */
  where: where.optional(),
});
export type Selector = z.infer<typeof selector>;
