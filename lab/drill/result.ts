import type { DrillResult } from "../../delivery/drills/drill-result.ts";
import { nearestRank } from "../../delivery/gate/quantile.ts";

export type { DrillResult };
export type Injection = DrillResult["injections"][number];
export type AlertTimes = Injection["alerts"][number];
export type Judged = DrillResult["judged"][number];

/** Of what is asked all the while, so much must be answered: who is not looked at is not quiet. */
const enough = 0.9;

/** Whether at least nine of ten were answered, and any at all. */
export function isEnough(answered: number, made: number): boolean {
  return made > 0 && answered >= enough * made;
}

/** The figures of injections that were made: p95 by nearest rank over injections, of each the last message that its fault calls for. */
export function figuresOf(injections: readonly Injection[]): DrillResult["figures"] {
  const made = injections.filter(({ verdict }) => verdict !== "left out");
  const notified = made.flatMap(({ alerts }) =>
    alerts.length === 0 ? [] : longest(alerts.map((one) => one.notifiedAfter)),
  );
  const healed = made.filter(({ needsPerson, recoveredAfter }) => !needsPerson && recoveredAfter !== null);
  return {
    injections: made.length,
    passed: made.filter(({ verdict }) => verdict === "passed").length,
    notifiedAfterP95: longest(notified) === Number.POSITIVE_INFINITY ? null : (rank95(notified) ?? null),
    resolvedAfterMax: known(longest(passing(made).map((one) => one.resolvedAfter))),
    healedWithoutPerson: made.length === 0 ? null : healed.length / made.length,
    falseAlarms: made.reduce((sum, one) => sum + one.falseAlarms.length, 0),
  };
}

/** Whether a drill's quiet time was quiet, and somebody was there to see it. */
export function isQuiet({ alerts, looks, traffic }: DrillResult["quiet"]): boolean {
  return (
    alerts.length === 0 && isEnough(looks.answered, looks.made) && isEnough(traffic.accepted, traffic.asked)
  );
}

/** What is asked of a drill's figures, and whether it is so. */
export function judge({
  injections,
  figures,
  quiet,
}: Pick<DrillResult, "injections" | "figures" | "quiet">): Judged[] {
  const made = injections.filter(({ verdict }) => verdict !== "left out");
  const { notifiedAfterP95, resolvedAfterMax, healedWithoutPerson } = figures;
  const below = (limit: number, value: number | null) => value !== null && value < limit;
  return [
    {
      ...{ figure: "fault to notification, p95", asked: "below 5 s", measured: inSeconds(notifiedAfterP95) },
      verdict: verdictOf(
        made.some(({ alerts }) => alerts.length > 0),
        below(5, notifiedAfterP95),
      ),
    },
    {
      ...{ figure: "recovery to resolution, longest", asked: "below 10 s" },
      measured: inSeconds(resolvedAfterMax),
      verdict: verdictOf(passing(made).length > 0, below(10, resolvedAfterMax)),
    },
    {
      ...{ figure: "healed without a person", asked: "more than 80 %" },
      measured: healedWithoutPerson === null ? "–" : `${(healedWithoutPerson * 100).toFixed(0)} %`,
      verdict: verdictOf(made.length > 0, (healedWithoutPerson ?? 0) > 0.8),
    },
    {
      ...{ figure: "quiet time under load", asked: "no alert in 10 minutes" },
      measured: `${quiet.alerts.join(", ") || "no alert"} in ${quiet.minutes.toFixed(1)} minutes, ${quiet.looks.answered} of ${quiet.looks.made} looks answered, ${quiet.traffic.accepted} of ${quiet.traffic.asked} runs accepted`,
      // Quiet for a shorter time says nothing of ten minutes, but noise does.
      verdict: verdictOf(quiet.minutes >= 10 || (quiet.minutes > 0 && !isQuiet(quiet)), isQuiet(quiet)),
    },
  ];
}

/** A time in words. */
export function inSeconds(value: number | null | undefined): string {
  return value == null ? "–" : `${value.toFixed(1)} s`;
}

function verdictOf(isMeasured: boolean, isMet: boolean): Judged["verdict"] {
  if (!isMeasured) return "not measured";
  return isMet ? "met" : "missed";
}

/** Expected alerts that end with their faults. */
function passing(made: readonly Injection[]): AlertTimes[] {
  return made.flatMap(({ alerts }) => alerts.filter(({ stays }) => stays === undefined));
}

/** The longest time, of which never is one. */
function longest(values: readonly (number | null)[]): number {
  return values.reduce<number>((most, value) => Math.max(most, value ?? Number.POSITIVE_INFINITY), -1);
}

function known(value: number): number | null {
  return value >= 0 && Number.isFinite(value) ? value : null;
}

function rank95(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return nearestRank(sorted, 0.95);
}
