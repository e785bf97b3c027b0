import { canaryProblems, formatCanary } from "../delivery/canary/format.ts";
import { judgeCanary } from "../delivery/canary/judge.ts";
import { readMeasuredCanary } from "../delivery/canary/measured-canary.ts";
import { exitCodes } from "./exit-codes.ts";
import { report } from "./report.ts";
import type { ReportOptions } from "./report-options.ts";

const EXIT_CODES = {
  continue: exitCodes.done,
  hold: exitCodes.inconclusive,
  "roll back": exitCodes.problems,
} as const;

/** `fairlead canary FILE`. Exits 0 to continue, 3 to hold, 1 to roll back. */
export function canary(file: string, options: ReportOptions): Promise<number> {
  return report("canary", options, async () => {
    const of = await readMeasuredCanary(process.cwd(), file);
    const decision = judgeCanary(of.observations, of.plan);
    const shown = (format: "text" | "json" | "markdown") => formatCanary(decision, { of, format });
    return {
      problems: canaryProblems(decision, of),
      own: {
        text: () => shown("text"),
        json: () => shown("json"),
        markdown: () => shown("markdown"),
      },
      exitCode: EXIT_CODES[decision.decision],
    };
  });
}
