import type { Gate, Objective } from "../../model/model.ts";
import { gateObjectives } from "./gate-objectives.ts";
import type { Lint } from "./lint.ts";

/** Objectives whose worse verdicts change nothing, whatever the others say: their weight is too small to count, or the total asks too little. */
export const mootWeight: Lint = {
  rule: "lint/moot-weight",
  severity: "warning",
  look: ({ platform }) =>
    gateObjectives(platform).flatMap(({ policy, objective, place }) => {
      const moot = mootVerdicts(objective, policy);
      if (moot.length === 0) return [];
      const which = objective.key ? `key objective "${objective.name}"` : `objective "${objective.name}"`;
      return [
        {
          place: place("weight"),
          message: `${moot.join(" or ")} of ${which} never changes what the gate says: its weight is ${objective.weight} of ${weightOf(policy)}`,
          fix: "give it more weight, raise total, or make it a key objective",
        },
      ];
    }),
};

type Policy = Gate["policy"];

/** What an objective can say beside pass without any consequence. */
function mootVerdicts(objective: Objective, policy: Policy): string[] {
  // An objective without weight that is no key is told by check/policy-no-effect.
  if (!objective.pass || (objective.weight === 0 && !objective.key)) return [];
  const others = reachable(policy.objectives.filter((one) => one !== objective));
  const changes = (points: number) =>
    others.some((sum) => said(sum + objective.weight, policy) !== said(sum + points, policy));
  return [
    ...(objective.warn && !changes(objective.weight / 2) ? ["a warning"] : []),
    // A key objective that fails, fails the gate.
    ...(!objective.key && !changes(0) ? ["a failure"] : []),
  ];
}

/** Every sum of points that objectives can reach together while no key objective fails. */
function reachable(objectives: readonly Objective[]): number[] {
  let sums = new Set([0]);
  for (const { pass, weight, warn, key } of objectives) {
    if (!pass) continue;
    const points = [weight, ...(warn ? [weight / 2] : []), ...(key ? [] : [0])];
    sums = new Set([...sums].flatMap((sum) => points.map((more) => sum + more)));
  }
  return [...sums];
}

function said(reached: number, policy: Policy): "pass" | "warn" | "fail" {
  const of = weightOf(policy);
  if (reached >= policy.total.pass * of) return "pass";
  return reached >= policy.total.warn * of ? "warn" : "fail";
}

function weightOf({ objectives }: Policy): number {
  return objectives.reduce((sum, { pass, weight }) => sum + (pass ? weight : 0), 0);
}
