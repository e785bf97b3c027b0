import { imagePatterns } from "../../catalog/admission.ts";
import { type AdmissionRule, RELEASE_ANNOTATION } from "../../model/admission.ts";
import { celText } from "./cel.ts";

/** What a rule asks, in CEL; its expressions may use the variables of `data` and `POD`, and `params` where it takes the list of releases. */
export interface RuleText {
  /** For a person: what was asked. */
  asks: string;
  /** For whoever was refused: the way out. */
  wayOut: string;
  variables: { name: string; expression: string }[];
  /** What must hold, each with what is wrong where it does not, as a CEL text. */
  validations: { expression: string; wrong: string }[];
  /** Whether it reads the list of releases. */
  readsReleases?: true;
}

/** The pod that is judged: itself, or as its controller will make it. Which fields a kind has is known only when it comes, hence `dyn`. */
export const POD = [
  {
    name: "pod",
    expression: `object.kind == "Pod" ? dyn(object) :
  object.kind == "CronJob" ? dyn(object).spec.jobTemplate.spec.template : dyn(object).spec.template`,
  },
  {
    name: "lasting",
    expression: `variables.pod.spec.?containers.orValue([]) + variables.pod.spec.?initContainers.orValue([])`,
  },
  // What a volume of an image holds can be run as well.
  {
    name: "images",
    expression: `(variables.lasting + variables.pod.spec.?ephemeralContainers.orValue([])).map(c, c.?image.orValue("")) +
  variables.pod.spec.?volumes.orValue([]).filter(v, has(v.image)).map(v, v.image.?reference.orValue(""))`,
  },
];

/**
 * Whether a change is one of the pod. Others are let through: what runs must be able to be scaled down, and to lose its finalizers, when
 * it would not be taken any more.
 */
export const CHANGES_POD = `request.operation != "UPDATE" ||
  (object.kind == "Pod" ?
    dyn(object).spec != dyn(oldObject).spec ||
    dyn(object).metadata.?annotations[?"${RELEASE_ANNOTATION}"] != dyn(oldObject).metadata.?annotations[?"${RELEASE_ANNOTATION}"] :
  object.kind == "CronJob" ?
    dyn(object).spec.jobTemplate.spec.template != dyn(oldObject).spec.jobTemplate.spec.template :
    dyn(object).spec.template != dyn(oldObject).spec.template)`;

const VERSION = celText(`^${imagePatterns.version}$`);
const BELOW = celText(`^${imagePatterns.path}${imagePatterns.version}$`);
const AMOUNT = (of: string, what: string) => `c.?resources.?${of}[?"${what}"].orValue("0")`;
const IS_THERE = (of: string, what: string) =>
  `quantity(string(${AMOUNT(of, what)})).isGreaterThan(quantity("0"))`;

/** What each rule asks. Its CEL is fixed; what a platform says reaches it as lists of texts alone. */
export const RULES: Record<AdmissionRule, RuleText> = {
  "approved-images": {
    asks: "every image is one of the approved ones",
    wayOut: "run an image that is approved, or approve its name in FILE and deploy the foundation",
    variables: [
      {
        name: "wrong",
        expression: `variables.images.filter(i, !(
  variables.approvedNames.exists(n, i.startsWith(n) && i.substring(size(n)).matches(${VERSION})) ||
  variables.approvedFolders.exists(f, i.startsWith(f) && i.substring(size(f)).matches(${BELOW}))))`,
      },
    ],
    validations: [
      { expression: "size(variables.wrong) == 0", wrong: `"not approved: " + variables.wrong.join(", ")` },
    ],
  },
  "image-digests": {
    asks: "every image is named by its digest",
    wayOut: "add @sha256: and the digest that its registry shows",
    variables: [
      {
        name: "wrong",
        expression: `variables.images.filter(i, !i.matches("@sha256:[a-f0-9]{64}$"))`,
      },
    ],
    validations: [
      { expression: "size(variables.wrong) == 0", wrong: `"without digest: " + variables.wrong.join(", ")` },
    ],
  },
  "requests-and-limits": {
    asks: "every container requests cpu and memory, and limits its memory",
    wayOut: "set resources.requests.cpu, resources.requests.memory and resources.limits.memory, all above 0",
    variables: [
      {
        name: "wrong",
        expression: `variables.lasting.filter(c, !(
  ${IS_THERE("requests", "cpu")} &&
  ${IS_THERE("requests", "memory")} &&
  ${IS_THERE("limits", "memory")})).map(c, string(c.name))`,
      },
    ],
    validations: [
      {
        expression: "size(variables.wrong) == 0",
        wrong: `"incomplete in container " + variables.wrong.join(", ")`,
      },
    ],
  },
  "signed-releases": {
    asks: "every image is of the release that the pod names, and that release is approved",
    wayOut: "promote a release that holds these images, and deploy it",
    variables: [
      {
        name: "release",
        expression: `string(variables.pod.?metadata.?annotations[?"${RELEASE_ANNOTATION}"].orValue(""))`,
      },
      // Keys of a ConfigMap hold no colon: they are the digest's digits alone.
      {
        name: "released",
        expression: `!has(params.data) || !variables.release.matches("^sha256:[a-f0-9]{64}$") ? [] :
  params.data[?variables.release.substring(7)].optMap(t, t.split("\\n")).orValue([]).filter(i, i != "")`,
      },
      {
        name: "wrong",
        expression: `variables.images.filter(i, !(i in variables.released))`,
      },
    ],
    validations: [
      {
        expression: "size(variables.released) > 0",
        wrong: `variables.release == "" ? "annotation ${RELEASE_ANNOTATION} is missing or empty" : "not an approved release: " + variables.release`,
      },
      {
        expression: "size(variables.released) == 0 || size(variables.wrong) == 0",
        wrong: `"not of release " + variables.release + ": " + variables.wrong.join(", ")`,
      },
    ],
    readsReleases: true,
  },
};
