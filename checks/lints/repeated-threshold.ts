import type { Alert } from "../../model/model.ts";
import { at } from "../../model/problems.ts";
import type { Finding, Lint } from "./lint.ts";

/** Warnings that come no earlier than the critical alert on the same value. */
export const repeatedThreshold: Lint = {
  rule: "lint/repeated-threshold",
  severity: "warning",
  look: ({ platform }) => {
    const own = platform.alerts.filter(({ source }) => source === "catalog");
    const critical = new Map<string, Alert[]>();
    for (const alert of own.filter(({ severity }) => severity === "critical"))
      critical.set(measuredBy(alert), [...(critical.get(measuredBy(alert)) ?? []), alert]);
    return own
      .filter(({ severity }) => severity === "warning")
      .flatMap((alert): Finding[] => {
        const later = critical.get(measuredBy(alert))?.find((other) => isNoEarlier(alert, other));
        if (!later) return [];
        return [
          {
            place: at(alert.origin, "when"),
            message: `warning "${alert.name}" comes no earlier than critical "${later.name}", on the same value`,
            fix: "warn earlier, at a lower limit or after a shorter wait, or take the warning out",
          },
        ];
      });
  },
};

/** What is compared, and how, whatever it is compared with. */
function measuredBy({ signal, expr }: Alert): string {
  switch (signal.kind) {
    case "threshold":
    case "increase":
      return JSON.stringify([
        signal.of.promql,
        signal.by,
        signal.is,
        "aggregate" in signal ? signal.aggregate : signal.window,
      ]);
    case "gauge-ratio":
      return JSON.stringify([signal.part.promql, signal.whole.promql, signal.by, signal.is]);
    case "event-ratio":
      return JSON.stringify([signal.part.promql, signal.whole.promql, signal.by, signal.is, signal.window]);
    default:
      return expr;
  }
}

function isNoEarlier(warning: Alert, critical: Alert): boolean {
  if (warning.forSeconds < critical.forSeconds) return false;
  if (!("value" in warning.signal) || !("value" in critical.signal)) return true;
  const isRising = warning.signal.is.startsWith(">");
  return isRising
    ? warning.signal.value >= critical.signal.value
    : warning.signal.value <= critical.signal.value;
}
