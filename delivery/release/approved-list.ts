import { releaseList } from "../../model/admission.ts";
import type { Environment } from "../../model/model.ts";
import type { Release } from "./release.ts";

/** The ConfigMap of releases that a cluster takes pods of, where the environment's admission asks for signed ones. */
export interface ApprovedReleases {
  name: string;
  namespace: string;
  /** By the release's digest without its algorithm: its images, one a line. */
  data: Record<string, string>;
}

/**
 * What the cluster's list must hold for releases to run in an environment: their own images, and those of the services that no release brings, as pods
 * write them. Hand in all that may run: the one that is promoted, the one that runs, and the one that is gone back to.
 */
export function approvedReleases(
  environment: Environment,
  releases: readonly { digest: string; release: Release }[],
): ApprovedReleases {
  const data = releases.map(({ digest, release }): [string, string] => {
    const others = environment.services.filter(({ name }) => !Object.hasOwn(release.images, name));
    const images = new Set([...Object.values(release.images), ...others.map(({ image }) => image)]);
    return [digest.slice("sha256:".length), [...images].sort().join("\n")];
  });
  return { ...releaseList(environment.namespace), data: Object.fromEntries(data.sort()) };
}
