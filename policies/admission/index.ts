import { stringify } from "yaml";
import { type AdmissionAction, type AdmissionRule, admissionRules } from "../../catalog/admission.ts";
import type { Artifact, Model } from "../../model/model.ts";
import { admissionPath } from "../../model/names.ts";
import { type AdmissionPlace, bindingOf, policyOf } from "./objects.ts";

/** A ValidatingAdmissionPolicy and its binding for each rule that an environment asks, as files that kubectl and Terraform take. */
export function admissionPolicies({ platforms }: Model): Artifact[] {
  return platforms.flatMap((platform) =>
    platform.environments.flatMap((environment) => {
      const { admission } = environment;
      if (!admission) return [];
      return admissionRules.flatMap((rule) => {
        const action = admission.rules[rule];
        return action ? filesOf({ platform, environment, admission }, rule, action) : [];
      });
    }),
  );
}

function filesOf(place: AdmissionPlace, rule: AdmissionRule, action: AdmissionAction): Artifact[] {
  const { platform, environment } = place;
  const files = { policy: policyOf(place, rule), binding: bindingOf(place, rule, action) };
  return (["policy", "binding"] as const).map((part) => ({
    path: admissionPath(platform.name, environment.name, `${rule}.${part}`),
    content: stringify(files[part], { lineWidth: 0, version: "1.1", aliasDuplicateObjects: false }),
    // Not the environment: what that meets is not met by each of these.
    origin: platform.origin,
  }));
}
