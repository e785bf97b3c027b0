import { z } from "zod";

const share = z.number().min(0).max(1);

/** How the local tool server behaves, until it is told otherwise. */
export const toolScript = z.strictObject({
  seed: z.int().min(0).default(1),
  /** Time to an answer: evenly between the two. */
  latencyMs: z
    .strictObject({ from: z.number().min(0), to: z.number().min(0).max(600_000) })
    .refine(({ from, to }) => from <= to, "from must not be greater than to")
    .default({ from: 1, to: 10 }),
  /** Share of the tool calls that end with an error of the tool. */
  errors: share.default(0),
  /** Share of the calls that are never answered. */
  hangs: share.default(0),
  /** The process ends at the next call, as if it had crashed. */
  crash: z.boolean().default(false),
});
export type ToolScript = z.infer<typeof toolScript>;
