import type { Model } from "../model/model.ts";
import type { Locate } from "../model/problems.ts";
import type { Location, Problem } from "../problems/problem.ts";
import { type Change, plainText, type Sentence } from "./change.ts";
import { admissionId, type PolicyChanges } from "./policies.ts";

/** What a comparison of policies is told against. */
export interface Comparison {
  /** The policies as they are now. */
  model: Model;
  /** What they were compared with, for a person. */
  base: string;
  /** Roles that have agreed. */
  agreed: readonly string[];
  locate: Locate;
}

/**
 * What a change of policies says, for reports that know problems: what a gate asks less of is an error while somebody has to agree to it, and a
 * warning after that; all else is a note. Each stands at its objective in the policy, or at the policy.
 */
export function policyProblems({ changes, approvals }: PolicyChanges, comparison: Comparison): Problem[] {
  const { base, agreed } = comparison;
  return changes.flatMap((change) => {
    const ofGate = change.kind === "gate";
    const id = ofGate ? `${change.platform}/${change.name}` : admissionId(change.platform, change.name);
    const roles = approvals.find(({ gate }) => gate === id)?.roles ?? [];
    const isLooser = change.group === "looser" || (change.group === "changed" && roles.length > 0);
    const missing = isLooser ? roles.filter((role) => !agreed.includes(role)) : [];
    return change.says.map((says): Problem => {
      const location = placeOf(says, change, comparison);
      return {
        rule: isLooser ? "policy/loosened" : "policy/changed",
        severity: missing.length > 0 ? "error" : isLooser ? "warning" : "info",
        message: `since ${base}, ${ofGate ? "gate " : ""}${id}: ${plainText(says)}`,
        path: id,
        ...(location && { location }),
        ...(missing.length > 0 && { fix: `needs the agreement of ${missing.join(" and ")}` }),
      };
    });
  });
}

// A sentence about an objective begins with its name, or names nothing else.
function placeOf(
  says: Sentence,
  { platform, kind, name }: Change,
  { model, locate }: Comparison,
): Location | undefined {
  const now = model.platforms.find((one) => one.name === platform);
  if (kind !== "gate") {
    const file = now?.environments.find((one) => one.name === name)?.admission?.file;
    return file === undefined ? undefined : locate({ platform, path: ["policies", file] });
  }
  const policy = now?.gates.find((gate) => gate.name === name)?.policy;
  if (!policy) return undefined;
  const values = says.flatMap((part) => (typeof part === "string" ? [] : [part.value]));
  const index = policy.objectives.findIndex((objective) => objective.name === values[0]);
  const path = ["policies", policy.file, ...(index < 0 ? [] : ["objectives", index])];
  return locate({ platform, path });
}
