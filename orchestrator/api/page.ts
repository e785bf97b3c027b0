import { z } from "zod";

/** How much of a list is asked for; every list takes these. A cursor is what the list is ordered by, so that pages stay right while entries come. */
export const pageQuery = <T extends z.ZodType<string | undefined>>(cursor: T) => ({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe("Entries of the page, 1 to 200"),
  cursor: cursor.describe("`next` of the page before"),
});

/** Cursors of lists that are ordered by a number. */
export const numberCursor = z.string().regex(/^[1-9][0-9]{0,15}$/, "must be the `next` of the page before");

/** A page of a list; `next` is missing on the last one. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().optional() });

/** A page as ports give it, its cursor being the last entry's place in the list's order. */
export interface Page<T> {
  items: T[];
  next?: string;
}
