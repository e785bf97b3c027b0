import type { Criterion } from "../../model/model.ts";
import { allowed, isEmpty, isWithin } from "../criterion-range.ts";
import { type GateObjective, gateObjectives } from "./gate-objectives.ts";
import type { Finding, Lint } from "./lint.ts";

/** Criteria of gates that can never decide: another one of the same entry, or another entry, asks all that they ask. */
export const idleCriterion: Lint = {
  rule: "lint/idle-criterion",
  severity: "warning",
  look: ({ platform }) =>
    gateObjectives(platform).flatMap((one) => [...idleIn(one, "pass"), ...idleIn(one, "warn")]),
};

function idleIn({ objective, place }: GateObjective, kind: "pass" | "warn"): Finding[] {
  const entries = objective[kind] ?? [];
  const ranges = entries.map((entry) => allowed(entry, objective.indicator));
  const fix = "take it out, or write the number that was meant";
  return entries.flatMap((entry, e): Finding[] => {
    const own = ranges[e];
    // What never holds is told by check/policy-never-holds.
    if (!own || isEmpty(own)) return [];
    const wider = ranges.findIndex(
      (other, i) => i !== e && isWithin(own, other) && (i < e || !isWithin(other, own)),
    );
    if (wider >= 0) {
      const message = `${textOf(entry)} of objective "${objective.name}" decides nothing: what meets it meets ${textOf(entries[wider] ?? [])}`;
      return [{ place: place(kind, e), message, fix }];
    }
    return idleInside(entry, objective.indicator).map(({ c, text }) => ({
      place: place(kind, e, c),
      message: `"${text}" of objective "${objective.name}" decides nothing: the rest of its entry asks as much`,
      fix,
    }));
  });
}

/** Criteria without which an entry lets the same values through; of two alike the later one. */
function idleInside(entry: readonly Criterion[], indicator: Parameters<typeof allowed>[1]) {
  const whole = allowed(entry, indicator);
  let left = entry.map((criterion, c) => ({ c, ...criterion }));
  const idle: typeof left = [];
  for (const criterion of [...left].reverse()) {
    const others = left.filter(({ c }) => c !== criterion.c);
    if (others.length === 0 || !isWithin(allowed(others, indicator), whole)) continue;
    left = others;
    idle.unshift(criterion);
  }
  return idle;
}

function textOf(entry: readonly Criterion[]): string {
  return entry.map(({ text }) => `"${text}"`).join(" and ");
}
