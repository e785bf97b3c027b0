import type { AdmissionSpec } from "../../catalog/admission.ts";
import type { EnvironmentSpec } from "../../catalog/environment.ts";
import { type Admission, type AdmissionAction, hasDigest, isApprovedImage } from "../admission.ts";
import type { DescribedEntry } from "../described.ts";
import type { Service } from "../model.ts";
import { at, type Place } from "../problems.ts";
import type { Scope } from "./scope.ts";

/** A platform's admission policy; `spec` is absent when the file cannot be read, `place` says where something in it stands. */
export interface AdmissionFile {
  platform: string;
  /** Path from the project root. */
  file: string;
  spec?: AdmissionSpec;
  /** Places that its schema refuses, and that have a stand-in. */
  setAside?: readonly (readonly (string | number)[])[];
  place: (path: readonly (string | number)[]) => Place;
}

/** What an environment asks of its workloads; nothing where the platform has no admission policy. */
export function admissionOf(
  file: AdmissionFile | undefined,
  stage: EnvironmentSpec["stage"],
): Admission | undefined {
  return file?.spec && { file: file.file, approved: file.spec.approved, rules: file.spec.stages[stage] };
}

/** Problems for what the environment's own services would be refused or warned for, and for production that lets anything in. */
export function checkAdmission(
  scope: Scope,
  admission: Admission,
  environment: DescribedEntry<EnvironmentSpec> & {
    services: readonly Service[];
    place: AdmissionFile["place"];
  },
): void {
  checkImages(scope, admission, environment);
  const { spec, name, place } = environment;
  if (spec.stage !== "prod" || !scope.problems.isSound(place(["stages", "prod"]))) return;
  for (const rule of ["approved-images", "requests-and-limits", "signed-releases"] as const) {
    if (admission.rules[rule] === "deny") continue;
    const message = `${name} is a production environment, and workloads that break ${rule} are not refused there`;
    scope.problems.add("admission/open-production", place(["stages", "prod", rule]), message, {
      severity: "warning",
      fix: `set ${rule}: deny`,
    });
  }
}

function checkImages(
  scope: Scope,
  { file, approved, rules }: Admission,
  { spec, name, origin, services }: Parameters<typeof checkAdmission>[2],
): void {
  const severity = (action: AdmissionAction) => (action === "deny" ? "error" : "warning");
  for (const { name: service, image, origin: described } of services) {
    const isOwn = spec.services[service as keyof typeof spec.services]?.image !== undefined;
    const place = isOwn ? at(origin, "services", service, "image") : at(described, "image");
    if (rules["approved-images"] && !isApprovedImage(image, approved)) {
      const message = `"${image}" of ${service} is not approved in ${name}`;
      scope.problems.add("admission/image-not-approved", place, message, {
        severity: severity(rules["approved-images"]),
        fix: `add its name to approved in ${file}, or run an image that is there`,
      });
    }
    if (rules["image-digests"] && !hasDigest(image)) {
      const message = `"${image}" of ${service} has no digest, which ${name} asks for`;
      scope.problems.add("admission/image-without-digest", place, message, {
        severity: severity(rules["image-digests"]),
        fix: "add @sha256: and the digest that its registry shows",
      });
    }
  }
}
