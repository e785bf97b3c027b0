import { canonicalJson } from "../../model/canonical-json.ts";
import type { Policy } from "../gate/decision.ts";
import { isRelative } from "../gate/evaluate.ts";
import type { DecisionRecord } from "../gate/record.ts";

/**
 * Says what a policy asks that a record does not hold, in words; undefined where it holds all. Objectives that only inform ask nothing. A
 * value that was missing when it was decided is known to be missing, and lacks nothing. What two policies have in common is looked up once.
 */
export function lackFinder(): (record: DecisionRecord, policy: Policy) => string | undefined {
  const known = new WeakMap<Policy, WeakMap<Policy, Asked[]>>();
  const askedBy = (policy: Policy, old: Policy) => {
    const ofOld = known.get(old) ?? new WeakMap<Policy, Asked[]>();
    known.set(old, ofOld);
    const asked = ofOld.get(policy) ?? askedOf(policy, old);
    ofOld.set(policy, asked);
    return asked;
  };
  return (record, policy) => {
    const asked = askedBy(policy, record.policy);
    for (const objective of asked) {
      const lack = lackOfObjective(objective, record);
      if (lack !== undefined) return lack;
    }
    return asked.some((objective) => objective.isRelative) ? lackOfRuns(policy, record) : undefined;
  };
}

/** What is asked of an objective now, and how that was before. */
interface Asked {
  name: string;
  isRelative: boolean;
  before?: { isSameIndicator: boolean; isRelative: boolean };
}

function askedOf(policy: Policy, old: Policy): Asked[] {
  return policy.objectives
    .filter(({ pass }) => pass !== undefined)
    .map((objective) => {
      const { name, indicator } = objective;
      const before = old.objectives.find((one) => one.name === name);
      const isSameIndicator =
        before !== undefined && canonicalJson(before.indicator) === canonicalJson(indicator);
      return {
        ...{ name, isRelative: isRelative(objective) },
        ...(before && { before: { isSameIndicator, isRelative: isRelative(before) } }),
      };
    });
}

function lackOfObjective(
  { name, before, isRelative: comparesNow }: Asked,
  { inputs }: DecisionRecord,
): string | undefined {
  if (!before || !Object.hasOwn(inputs.readings, name)) return `it holds no reading of ${name}`;
  if (!before.isSameIndicator) return `${name} was measured otherwise`;
  const wasCompared = before.isRelative || inputs.accepted.some(({ values }) => Object.hasOwn(values, name));
  if (comparesNow && !wasCompared && inputs.accepted.length > 0)
    return `none of its accepted runs has a value of ${name}`;
  return undefined;
}

/** Whoever recorded may have kept no more runs than were compared with. */
function lackOfRuns(
  { compare }: Policy,
  { policy: old, inputs: { accepted } }: DecisionRecord,
): string | undefined {
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
