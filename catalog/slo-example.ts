import { z } from "zod";
import { labelName, line } from "./text.ts";
import { duration } from "./units.ts";

/** Series that a custom SLI is tried on: promtool's notation, one sample an interval. */
export const sloExample = z.strictObject({
  title: line,
  interval: duration.default("1m"),
  series: z.record(z.string().min(1), z.string().min(1)),
  /** At each time, how many events the last five minutes held and how many of them were bad; of which group, if there are any. */
  expect: z
    .array(
      z.strictObject({
        at: duration,
        events: z.number().min(0),
        bad: z.number().min(0),
        of: z.record(labelName, z.string()).default({}),
      }),
    )
    .min(1),
});

export type SloExampleSpec = z.output<typeof sloExample>;
