import { z } from "zod";
import { count, fromJson, known, type Measured, moment, seconds } from "../measured.ts";

const drill = z.object({
  version: z.literal(1),
  platform: z.string().min(1),
  endedAt: moment,
  injections: z
    .array(
      z.object({
        fault: z.string().min(1),
        /** From the fault to the notification; null: nobody was notified. */
        notifiedAfterSeconds: seconds.nullable(),
        /** From the fault to the end of the alert; null: not within the drill. */
        recoveredAfterSeconds: seconds.nullable(),
      }),
    )
    .min(1),
  /** Alerts that no fault explains. */
  falseAlarms: count,
});

/** The report of a drill. Its percentiles are those of what came; what did not come is `missed`, and then there is no percentile. */
export function readDrill(text: string): Measured {
  const { endedAt, injections, falseAlarms } = fromJson(text, drill);
  const p95 = (values: (number | null)[]) => {
    const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
    if (sorted.length < values.length) return undefined;
    return { value: sorted[Math.ceil(0.95 * sorted.length) - 1] ?? 0, samples: sorted.length };
  };
  const missed = injections.filter(({ notifiedAfterSeconds }) => notifiedAfterSeconds === null).length;
  return {
    at: endedAt,
    values: known({
      notification: p95(injections.map(({ notifiedAfterSeconds }) => notifiedAfterSeconds)),
      recovery: p95(injections.map(({ recoveredAfterSeconds }) => recoveredAfterSeconds)),
      missed: { value: missed, samples: injections.length },
      "false-alarms": { value: falseAlarms, samples: injections.length },
    }),
  };
}
