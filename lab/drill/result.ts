import type { DrillResult } from "../../delivery/drills/drill-result.ts";

export type { DrillResult };
export type Injection = DrillResult["injections"][number];
export type AlertTimes = Injection["alerts"][number];

/** The figures of injections that were made: p95 by nearest rank over injections, of each the last message that its fault calls for. */
export function figuresOf(injections: readonly Injection[]): DrillResult["figures"] {
  const made = injections.filter(({ verdict }) => verdict !== "left out");
  const notified = made.flatMap(({ alerts }) => worst(alerts.map((one) => one.notifiedAfter)) ?? []);
  const resolved = made.flatMap(({ alerts }) => alerts.flatMap((one) => one.resolvedAfter ?? []));
  const sorted = notified.toSorted((a, b) => a - b);
  const healed = made.filter(({ needsPerson, recoveredAfter }) => !needsPerson && recoveredAfter !== null);
  return {
    injections: made.length,
    passed: made.filter(({ verdict }) => verdict === "passed").length,
    notifiedAfterP95: sorted[Math.ceil(sorted.length * 0.95) - 1] ?? null,
    resolvedAfterMax: worst(resolved),
    healedWithoutPerson: made.length === 0 ? null : healed.length / made.length,
    falseAlarms: made.reduce((sum, one) => sum + one.falseAlarms.length, 0),
  };
}

function worst(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}
