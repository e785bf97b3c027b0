import { z } from "zod";
import { fromJson, type Measured, UnreadableError } from "../measured.ts";
import { k6Run, valuesOfRuns } from "./k6.ts";

const result = z.object({
  version: z.literal(1),
  platform: z.string().min(1),
  profile: z.string().min(1),
  runs: z.array(z.object({ endedAt: z.iso.datetime(), summary: k6Run })).min(1),
  verdict: z.enum(["pass", "fail", "inconclusive"]),
});

/** The `result.json` of `fairlead load`. Of several runs each measure is the worst, and the oldest says how fresh it is. */
export function readLoad(text: string): Measured {
  const { platform, profile, runs, verdict } = fromJson(text, result);
  if (verdict === "inconclusive") throw new UnreadableError("the load was inconclusive");
  const [at] = runs.map(({ endedAt }) => endedAt).sort();
  return {
    subject: `${platform}/${profile}`,
    values: valuesOfRuns(runs.map(({ summary }) => summary)),
    ...(at !== undefined && { at }),
  };
}
