import { nominalSeconds, tiersOf } from "../model/alerting/tiers.ts";
import type { Findings } from "./foreign.ts";
import type { OpenCondition, OpenSloObject } from "./openslo-schema.ts";
import type { Read } from "./read-documents.ts";

type Alerting = Extract<OpenSloObject, { kind: "AlertPolicy" | "AlertCondition" }>;

const PERIODS = ["7d", "28d", "30d", "90d", "calendar-month", "calendar-quarter"];

/** Says which conditions of alerting are other than those that every SLO here has. */
export function conditionsLeftOut(
  { value, at }: Pick<Read<Alerting>, "value" | "at">,
  findings: Findings,
): void {
  const places =
    value.kind === "AlertCondition"
      ? [{ condition: value.spec, path: ["spec"] }]
      : value.spec.conditions.flatMap(({ spec }, i) =>
          spec ? [{ condition: spec, path: ["spec", "conditions", i, "spec"] }] : [],
        );
  for (const { condition, path } of places) {
    if (isOurs(condition)) continue;
    const { kind, threshold, lookbackWindow } = condition.condition;
    findings.add("interchange/alerting", at(...path), {
      severity: "warning",
      message: `the alert on a ${kind} above ${threshold} in ${lookbackWindow} is left out: each SLO has the same four, of two windows each`,
      fix: "compare what they tell with fairlead explain, and write an alert by hand where that is not enough",
    });
  }
}

function isOurs({ condition: { kind, threshold, lookbackWindow } }: OpenCondition): boolean {
  const tiers = PERIODS.flatMap((period) => tiersOf(1, nominalSeconds(period)));
  return (
    kind === "burnrate" &&
    tiers.some(({ long, factor }) => long === lookbackWindow && Math.abs(factor / threshold - 1) < 0.001)
  );
}
