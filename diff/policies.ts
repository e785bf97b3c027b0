import type { Gate, Model, Platform } from "../model/model.ts";
import { admitsMore, compareAdmission } from "./admission.ts";
import { type Change, gravestFirst } from "./change.ts";
import { compareGates } from "./gates.ts";

/** What has to be agreed to before a gate, or a cluster, asks for less. */
export interface Approval {
  /** PLATFORM/GATE, or PLATFORM/admission/ENVIRONMENT for what its cluster admits. */
  gate: string;
  /** Roles, each of which has to agree. */
  roles: string[];
}

/** What a change of policies means for their gates and for admission to clusters, and who has to agree to it. */
export interface PolicyChanges {
  /** In the groups of `compareModels`, of gates and admission alone. */
  changes: Change[];
  approvals: Approval[];
}

/**
 * Compares the gates of two models, and what their clusters admit. A gate that asks for less, or for something that cannot be compared by number, needs the agreement of
 * the role that may override it, as it stood before: no change names its own judge. What nobody may override needs the platform's
 * team beside it; so does whatever a cluster refused and lets in now.
 */
export function comparePolicies(before: Model, after: Model): PolicyChanges {
  const names = [...new Set([...before.platforms, ...after.platforms].map(({ name }) => name))];
  const pairs = names.map((name) => {
    const of = ({ platforms }: Model) => platforms.find((platform) => platform.name === name);
    return [of(before), of(after)] as const;
  });
  const gates = pairs.flatMap(([was, is]) => {
    const some = was ?? is;
    return some ? compareGates(was ?? withoutGates(some), is ?? withoutGates(some)) : [];
  });
  const approvals = pairs.flatMap(([was, is]) =>
    was ? [...approvalsOf(was, is), ...admissionApprovals(was, is)] : [],
  );
  const admission = pairs.flatMap(([was, is]) => (was && is ? compareAdmission(was, is) : []));
  return { changes: gravestFirst([...gates, ...admission]), approvals };
}

function approvalsOf(was: Platform, is: Platform | undefined): Approval[] {
  const judged = compareGates(withoutWords(was), is ? withoutWords(is) : withoutGates(was));
  const loosened = new Set(
    judged.filter(({ group }) => group === "looser" || group === "changed").map(({ name }) => name),
  );
  return was.gates
    .filter(({ name, policy }) => loosened.has(name) && policy.level !== "advisory")
    .map(({ name, policy }) => ({
      gate: `${was.name}/${name}`,
      roles: policy.level === "mandatory" ? [policy.overriddenBy, `team ${was.team}`] : [policy.overriddenBy],
    }));
}

function admissionApprovals(was: Platform, is: Platform | undefined): Approval[] {
  return is
    ? admitsMore(was, is).map((name) => ({ gate: admissionId(was.name, name), roles: [`team ${was.team}`] }))
    : [];
}

/** What an approval names that is of an environment's admission. */
export function admissionId(platform: string, environment: string): string {
  return `${platform}/admission/${environment}`;
}

function withoutGates(platform: Platform): Platform {
  return { ...platform, gates: [] };
}

/** What only people read decides nothing. */
function withoutWords(platform: Platform): Platform {
  const gates = platform.gates.map(({ policy, ...gate }): Gate => {
    const objectives = policy.objectives.map(({ description: _, ...objective }) => objective);
    return { ...gate, title: "", meets: [], policy: { ...policy, description: "", file: "", objectives } };
  });
  return { ...platform, gates };
}
