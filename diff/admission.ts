import { admissionRules } from "../catalog/admission.ts";
import type { Admission } from "../model/admission.ts";
import type { Environment, Platform } from "../model/model.ts";
import { type Change, changesOf, type Finding, say } from "./change.ts";
import { pairs } from "./pairs.ts";

/** What the clusters of environments that are on both sides ask of workloads: more, less, or of other images. */
export function compareAdmission(before: Platform, after: Platform): Change[] {
  return pairs(before.environments, after.environments).kept.flatMap(([was, is]) =>
    changesOf({ platform: after.name, kind: "admission to", name: is.name }, [
      ...ruleFindings(was, is),
      ...imageFindings(was, is),
    ]),
  );
}

/** Names of environments whose cluster refused something that it lets in now. */
export function admitsMore(before: Platform, after: Platform): string[] {
  const { kept } = pairs(before.environments, after.environments);
  const loosened = ([was, is]: readonly [Environment, Environment]) =>
    admissionRules.some((rule) => strength(was, rule) === DENY && strength(is, rule) < DENY) ||
    (strength(was, "approved-images") === DENY && newNames(was, is).length > 0);
  return kept.filter(loosened).map(([, { name }]) => name);
}

const STRENGTHS = ["is not asked", "warns", "refuses"];
const DENY = 2;

function strength({ admission }: Environment, rule: keyof Admission["rules"]): number {
  const action = admission?.rules[rule];
  return action === undefined ? 0 : action === "warn" ? 1 : DENY;
}

function ruleFindings(was: Environment, is: Environment): Finding[] {
  return admissionRules.flatMap((rule): Finding[] => {
    const [old, now] = [strength(was, rule), strength(is, rule)];
    if (old === now) return [];
    const [words = "", before = ""] = [STRENGTHS[now], STRENGTHS[old]];
    return [
      { group: now > old ? "tighter" : "looser", says: say`${rule} ${[words]}, before it ${[before]}` },
    ];
  });
}

function imageFindings(was: Environment, is: Environment): Finding[] {
  if (strength(was, "approved-images") === 0 || strength(is, "approved-images") === 0) return [];
  return [
    ...newNames(was, is).map((name): Finding => ({ group: "looser", says: say`lets ${name} run` })),
    ...newNames(is, was).map(
      (name): Finding => ({ group: "tighter", says: say`no longer lets ${name} run` }),
    ),
  ];
}

/** Names of images that may run in `is` and none of `was` covers. */
function newNames({ admission: was }: Environment, { admission: is }: Environment): string[] {
  const covered = (name: string) =>
    was?.approved.some((one) => one === name || (one.endsWith("/*") && name.startsWith(one.slice(0, -1))));
  return is?.approved.filter((name) => !covered(name)) ?? [];
}
