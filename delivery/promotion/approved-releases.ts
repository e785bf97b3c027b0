import type { Release } from "../release/release.ts";
import { stateOf } from "./state.ts";
import type { Step } from "./step.ts";

/** A release and its digest. */
export interface Approved {
  digest: string;
  content: Release;
}

/**
 * The step that writes the cluster's list of releases that may run (signed-releases, `policies/admission/`): the one that comes, and the one that runs there,
 * whose pods are replaced one by one and may have to come back. `write` replaces the list as a whole.
 */
export function approvedReleasesStep(write: (releases: readonly Approved[]) => Promise<void>): Step {
  return {
    name: "approved-releases",
    changes: true,
    async run({ target, held, read }) {
      const state = stateOf(read.records);
      const promotion = state.promotions.get(held.id);
      const wanted = [target.release?.digest, promotion?.from, promotion?.release];
      const digests = [...new Set(wanted.filter((digest) => digest !== undefined))];
      const releases = digests.flatMap((digest): Approved[] => {
        const content = state.releases.get(digest)?.release;
        return content ? [{ digest, content }] : [];
      });
      await write(releases);
      return { says: releases.map(({ digest }) => digest.slice(0, 19)).join(", ") };
    },
  };
}
