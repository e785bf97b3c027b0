import { drillResult } from "../../drills/drill-result.ts";
import { nearestRank } from "../../gate/quantile.ts";
import { fromJson, known, type Measured, UnreadableError } from "../measured.ts";

/**
 * The result of a drill (`fairlead lab drill --json`). An injection is told of when the last message that its fault calls for has come; what did not
 * come is `missed`, and then there is no percentile. Faults that nobody must hear of count for false alarms and recovery only; those that were
 * left out for nothing. Alerts of the quiet minutes are false alarms too.
 */
export function readDrill(text: string): Measured {
  const { startedAt, seconds, injections, quiet } = fromJson(text, drillResult);
  const made = injections.filter(({ verdict }) => verdict !== "left out");
  if (made.length === 0) throw new UnreadableError("no fault was injected");
  const endedAt = new Date(Date.parse(startedAt) + seconds * 1_000);
  if (!(seconds >= 0) || Number.isNaN(endedAt.getTime())) throw new UnreadableError("it ends at no time");
  const times = made.map(({ alerts }) => alerts.map(({ notifiedAfter }) => notifiedAfter));
  const told = times.filter((all) => all.length > 0);
  const recovered = made.map(({ recoveredAfter }) => recoveredAfter);
  if ([...told.flat(), ...recovered].some((value) => value !== null && value < 0))
    throw new UnreadableError("it measured less than nothing");
  const falseAlarms = quiet.alerts.length + sum(made.map((one) => one.falseAlarms.length));
  return {
    at: endedAt.toISOString(),
    values: known({
      notification: p95(told.map(last)),
      recovery: p95(recovered),
      ...(told.length > 0 && {
        missed: { value: told.filter((all) => all.includes(null)).length, samples: told.length },
      }),
      "false-alarms": { value: falseAlarms, samples: made.length },
    }),
  };
}

function last(times: readonly (number | null)[]): number | null {
  return times.includes(null) ? null : Math.max(...times.map(Number));
}

function p95(values: readonly (number | null)[]) {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  const value = nearestRank(sorted, 0.95);
  if (value === undefined || sorted.length < values.length) return undefined;
  return { value, samples: sorted.length };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
