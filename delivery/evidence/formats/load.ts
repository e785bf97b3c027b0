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

/** The `result.json` of `fairlead load`. Of several runs, each of its own time, each measure is the worst; the oldest says how fresh it is. */
export function readLoad(text: string): Measured {
  const { platform, profile, runs, verdict } = fromJson(text, result);
  if (verdict === "inconclusive") throw new UnreadableError("the load was inconclusive");
  const ends = runs.map(({ endedAt }) => Date.parse(endedAt)).sort((a, b) => a - b);
  if (new Set(ends).size < ends.length) throw new UnreadableError("a run stands in it twice");
  const [at, latest] = [ends[0], ends.at(-1)].map((end) => new Date(end ?? Number.NaN).toISOString());
  return {
    subject: `${platform}/${profile}`,
    values: valuesOfRuns(runs.map(({ summary }) => summary)),
    ...(at !== undefined && { at }),
    ...(latest !== undefined && { latest }),
  };
}
