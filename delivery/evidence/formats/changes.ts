import { z } from "zod";
import { count, counted, fromJson, type Measured, moment, UnreadableError } from "../measured.ts";

const changes = z.object({
  version: z.literal(1),
  base: z.string().min(1),
  head: z.string().min(1),
  at: moment,
  files: z.array(
    z.object({
      path: z.string().min(1),
      added: count,
      deleted: count,
      /** Commits that changed it in the 90 days before. */
      earlierChanges: count,
    }),
  ),
});

/** What a release changes, file by file, as `fairlead evidence changes` reads it from Git. */
export type Changes = z.output<typeof changes>;

/** The size of a change. One without any file is none that could be judged. */
export function readChanges(text: string): Measured {
  const { files, at } = changesIn(text);
  const lines = files.reduce((sum, { added, deleted }) => sum + added + deleted, 0);
  return { at, values: counted({ files: files.length, lines }) };
}

/** The change as a whole. Throws an UnreadableError. */
export function changesIn(text: string): Changes {
  const found = fromJson(text, changes);
  if (found.files.length === 0) throw new UnreadableError("nothing was changed");
  if (new Set(found.files.map(({ path }) => path)).size < found.files.length)
    throw new UnreadableError("a file stands in it twice");
  return found;
}
