import type { Objective } from "../../model/model.ts";
import type { GateInputs, Policy } from "../gate/decision.ts";
import { canonicalJson, type DecisionRecord } from "../gate/record.ts";

/**
 * What a policy asks that a record does not hold, in words; undefined where it holds all. Objectives that only inform ask nothing. A
 * value that was missing when it was decided is known to be missing, and lacks nothing.
 */
export function lackOf({ policy: old, inputs }: DecisionRecord, policy: Policy): string | undefined {
  const asked = policy.objectives.filter(({ pass }) => pass !== undefined);
  for (const objective of asked) {
    const lack = lackOfObjective(objective, { old, inputs });
    if (lack !== undefined) return lack;
  }
  return asked.some(isRelative) ? lackOfRuns(policy, { old, inputs }) : undefined;
}

interface Recorded {
  old: Policy;
  inputs: GateInputs;
}

function lackOfObjective(objective: Objective, { old, inputs }: Recorded): string | undefined {
  const { name } = objective;
  const before = old.objectives.find((one) => one.name === name);
  if (!before || !Object.hasOwn(inputs.readings, name)) return `it holds no reading of ${name}`;
  if (!isSame(before.indicator, objective.indicator)) return `${name} was measured otherwise`;
  const wasCompared = isRelative(before) || inputs.accepted.some(({ values }) => Object.hasOwn(values, name));
  if (isRelative(objective) && !wasCompared && inputs.accepted.length > 0)
    return `none of its accepted runs has a value of ${name}`;
  return undefined;
}

/** Whoever recorded may have kept no more runs than were compared with. */
function lackOfRuns({ compare }: Policy, { old, inputs: { accepted } }: Recorded): string | undefined {
  const { reference, runs } = compare;
  if (reference !== undefined) {
    const isThere = reference === old.compare.reference || accepted.some(({ id }) => id === reference);
    return isThere ? undefined : `it does not hold the run ${reference}`;
  }
  if (accepted.length >= runs) return undefined;
  if (old.compare.reference !== undefined) return `it was compared with one run, and ${runs} are asked for`;
  return runs > old.compare.runs && accepted.length >= old.compare.runs
    ? `it holds ${accepted.length} accepted runs, and ${runs} are asked for`
    : undefined;
}

function isRelative({ pass, warn }: Objective): boolean {
  return [...(pass ?? []), ...(warn ?? [])].flat().some(({ relative }) => relative);
}

function isSame(one: object, other: object): boolean {
  return canonicalJson(one) === canonicalJson(other);
}
