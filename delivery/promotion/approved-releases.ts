import type { Release } from "../release/release.ts";
import { shortDigest } from "./asking.ts";
import { stateOf } from "./state.ts";
import type { Step } from "./step.ts";

/** A release and its digest. */
export interface Approved {
  digest: string;
  release: Release;
}

/**
 * The step that writes the cluster's list of releases that may run (signed-releases, `policies/admission/`): the one that comes, and the one that
 * runs there, whose pods are replaced one by one and may have to come back. `write` replaces the list as a whole.
 */
export function approvedReleasesStep(write: (releases: readonly Approved[]) => Promise<void>): Step {
  return {
    name: "approved-releases",
    changes: true,
    again: () => true,
    async run({ target, held, read }) {
      const { releases, promotions } = stateOf(read.records);
      const { release, from } = promotions.get(held.id) ?? {};
      const digests = [...new Set([target.release?.digest, from, release])];
      const approved = digests.flatMap((digest): Approved[] => {
        const known = digest === undefined ? undefined : releases.get(digest);
        return digest !== undefined && known ? [{ digest, release: known.release }] : [];
      });
      await write(approved);
      return { says: approved.map(({ digest }) => shortDigest(digest)).join(", ") };
    },
  };
}
