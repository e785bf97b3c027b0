import { type AdmissionAction, type AdmissionRule, imagePatterns } from "../catalog/admission.ts";

export type { AdmissionAction, AdmissionRule };

/** What one environment asks of the workloads in its namespace. */
export interface Admission {
  /** Path of the YAML file from the project root. */
  file: string;
  /** Names of images that may run; one that ends with `/*` is all below that path. */
  approved: string[];
  /** Rules that are asked here, by what becomes of a workload that breaks one. */
  rules: { [R in AdmissionRule]?: AdmissionAction | undefined };
}

/** The ConfigMap of releases that may run, and its namespace, in which nobody works who works in the environment's. */
export function releaseList(namespace: string): { name: string; namespace: string } {
  return { name: "approved-releases", namespace: `${namespace}-releases` };
}

/** The annotation of a pod that says which release it belongs to: `sha256:…`. */
export const RELEASE_ANNOTATION = "fairlead/release";

const VERSION = new RegExp(`^${imagePatterns.version}$`);
const BELOW = new RegExp(`^${imagePatterns.path}${imagePatterns.version}$`);

/** Whether an image is of an approved name, by its text alone; the cluster's API server judges the same (`policies/admission/`). */
export function isApprovedImage(image: string, approved: readonly string[]): boolean {
  return approved.some((name) => {
    const isFolder = name.endsWith("/*");
    const begin = isFolder ? name.slice(0, -1) : name;
    return image.startsWith(begin) && (isFolder ? BELOW : VERSION).test(image.slice(begin.length));
  });
}

/** Whether an image's reference ends with its digest. */
export function hasDigest(image: string): boolean {
  return /@sha256:[a-f0-9]{64}$/.test(image);
}
