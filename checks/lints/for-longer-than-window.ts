import type { Alert } from "../../model/model.ts";
import { at } from "../../model/problems.ts";
import type { Lint } from "./lint.ts";
import type { Subject } from "./subject.ts";

/** Alerts that wait for longer than what they count stays in their window: a single burst can never fire them. */
export const forLongerThanWindow: Lint = {
  rule: "lint/for-longer-than-window",
  severity: "warning",
  look: (subject) =>
    subject.platform.alerts.flatMap((alert) => {
      const window = windowOf(alert, subject);
      if (window === undefined || alert.forSeconds <= window) return [];
      return [
        {
          place: at(alert.origin, "for"),
          message: `the alert waits ${alert.for} and counts over ${window} s: what it counts has left the window before it fires`,
          fix: "wait for less than the window, or count over a longer one",
        },
      ];
    }),
};

const COUNTING = new Set([
  "increase",
  "rate",
  "irate",
  "delta",
  "changes",
  "resets",
  "count_over_time",
  "sum_over_time",
]);

/** Seconds of the longest window in which events are counted. */
function windowOf({ signal, origin }: Alert, subject: Subject): number | undefined {
  if (signal.kind === "event-ratio" || signal.kind === "increase") return signal.windowSeconds;
  if (signal.kind !== "promql") return undefined;
  const windows = subject.queryAt(at(origin, "when", "expr"))?.parts.flatMap((part) => {
    const [of] = part.kind === "call" && COUNTING.has(part.name) ? part.args : [];
    return of && "seconds" in of && of.seconds !== undefined ? [of.seconds] : [];
  });
  return windows && windows.length > 0 ? Math.max(...windows) : undefined;
}
