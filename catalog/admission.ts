import { z } from "zod";
import { prose } from "./text.ts";

/** What may be asked of a workload before a cluster takes it. */
export const admissionRules = [
  "approved-images",
  "image-digests",
  "requests-and-limits",
  "signed-releases",
] as const;
export type AdmissionRule = (typeof admissionRules)[number];

/** What happens to a workload that breaks a rule: it is refused, or whoever brings it is warned and the audit log says so. */
const action = z.enum(["deny", "warn"]);
export type AdmissionAction = z.output<typeof action>;

/** Rules of a stage, by what they do there; one that is not named is not asked. */
const rules = z.strictObject({
  "approved-images": action.optional(),
  "image-digests": action.optional(),
  "requests-and-limits": action.optional(),
  "signed-releases": action.optional(),
});

// The grammar of https://github.com/distribution/reference, without upper-case hosts.
const PART = "[a-z0-9]+(?:(?:[.]|_|__|-+)[a-z0-9]+)*";

/** Regular expression (JavaScript's and RE2's alike) of path parts, and of what may follow an image's name: a tag, a digest. */
export const imagePatterns = {
  path: `${PART}(?:/${PART})*`,
  version: "(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(?:@sha256:[a-f0-9]{64})?",
} as const;

/** An image's name as workloads write it, without tag and digest; with `/*` at its end, all images below that path. */
const approvedName = z
  .string()
  .max(255, "must be at most 255 characters")
  .regex(
    new RegExp(String.raw`^${PART}(?::\d{1,5}/${PART})?(?:/${PART})*(?:/\*)?$`),
    'must be an image\'s name without tag and digest, such as "ghcr.io/acme/api", or end with "/*" for all below a path',
  )
  .meta({ examples: ["ghcr.io/acme/api"] });

/** What a cluster asks of a platform's workloads: `policies/<platform>/admission.yaml`. */
export const admission = z.strictObject({
  description: prose,
  /** Images that may run, as workloads write their names: nothing is added to a short one. */
  approved: z.array(approvedName).min(1).max(200),
  /** What is asked in environments of each stage. */
  stages: z.strictObject({
    local: rules.default({}),
    dev: rules.default({}),
    staging: rules.default({}),
    prod: rules.default({}),
  }),
});
export type AdmissionSpec = z.output<typeof admission>;

/** JSON Schema (draft-07) of a platform's admission policy, for editors and for ajv. */
export function admissionJsonSchema(): object {
  return z.toJSONSchema(admission, { target: "draft-7", io: "input" });
}
