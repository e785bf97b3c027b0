import { z } from "zod";
import { count, fromJson, known, type Measured, moment, share, UnreadableError } from "../measured.ts";

const report = z.object({
  duplicates: z.array(z.unknown()),
  statistics: z.object({
    detectionDate: moment.optional(),
    total: z.object({ lines: count, sources: count, clones: count, duplicatedLines: count }),
  }),
});

/** Copied code, as jscpd's JSON report tells it: it compares tokens, so that other names of variables are another text. */
export function readJscpd(text: string): Measured {
  const { duplicates, statistics } = fromJson(text, report);
  const { lines, clones, duplicatedLines } = statistics.total;
  if (clones !== duplicates.length)
    throw new UnreadableError(`the file counts ${clones} clones and lists ${duplicates.length}`);
  const { detectionDate: at } = statistics;
  return { ...(at !== undefined && { at }), values: known({ lines: share(duplicatedLines, lines) }) };
}
