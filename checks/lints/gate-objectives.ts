import type { Gate, Objective, Platform } from "../../model/model.ts";
import type { Place } from "../../model/problems.ts";

/** An objective of a policy that a gate asks, and where it stands. */
export interface GateObjective {
  policy: Gate["policy"];
  objective: Objective;
  /** A place inside the objective. */
  place(...path: (string | number)[]): Place;
}

/** Every objective of a platform's policies, each policy once. */
export function gateObjectives({ name, gates }: Platform): GateObjective[] {
  const policies = new Map(gates.map(({ policy }) => [policy.file, policy]));
  return [...policies.values()].flatMap((policy) =>
    policy.objectives.map((objective, i) => ({
      policy,
      objective,
      place: (...path) => ({ platform: name, path: ["policies", policy.file, "objectives", i, ...path] }),
    })),
  );
}
