import type { Location, Problem } from "../../problems/problem.ts";
import type { Decision, DecisionSubject, ObjectiveResult } from "./decision.ts";

const RULES = { fail: "gate/failed", inconclusive: "gate/inconclusive", warn: "gate/warned" } as const;

/**
 * What a decision has against a release, for reports that know problems: the gate and each of its objectives that did not pass. It is an error
 * where the release has to stay, and a warning where it may go on all the same.
 */
export function problemsOf(
  decision: Decision,
  subject: DecisionSubject,
  locate: (objective?: string) => Location | undefined,
): Problem[] {
  const problem = (verdict: keyof typeof RULES, message: string, objective?: string): Problem => {
    const location = locate(objective);
    return {
      rule: RULES[verdict],
      severity: decision.blocks && verdict !== "warn" ? "error" : "warning",
      message,
      ...(objective !== undefined && { path: objective }),
      ...(location && { location }),
    };
  };
  const { verdict, because, objectives } = decision;
  const whole = `${subject.gate} in ${subject.environment}: ${verdict} (${because})`;
  return [
    ...(verdict === "pass" ? [] : [problem(verdict, whole)]),
    ...objectives.flatMap((result) =>
      result.verdict === "pass" || result.verdict === "informs"
        ? []
        : [problem(result.verdict, messageOf(result), result.name)],
    ),
  ];
}

function messageOf({ value, unit, because, pass }: ObjectiveResult): string {
  if (value === undefined) return `no value: ${because ?? "there is no evidence"}`;
  const asked = pass.map((entry) => entry.map(({ text }) => text).join(" and ")).join(", or ");
  return `${Number(value.toPrecision(6))} ${unit}, and ${asked} passes`;
}
