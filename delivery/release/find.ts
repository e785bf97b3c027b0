import { findByBegin } from "../ledger/find-by-begin.ts";
import type { DeliveryState } from "../promotion/state.ts";
import type { Release } from "./release.ts";

/** A release of the ledger. */
export interface KnownRelease {
  digest: string;
  at: string;
  by: string;
  release: Release;
}

/** All releases, oldest first. */
export function releasesOf({ releases }: Pick<DeliveryState, "releases">): KnownRelease[] {
  return [...releases].map(([digest, known]) => ({ digest, ...known }));
}

/** The release of a digest, or of the begin of one with or without `sha256:`, 6 digits or more. Throws a UsageError where there is none, or several. */
export function findRelease(state: Pick<DeliveryState, "releases">, begin: string): KnownRelease {
  const digits = begin.replace(/^sha256:/, "");
  const isBegin = /^[0-9a-f]{6,64}$/.test(digits);
  return findByBegin(begin, {
    ...{ rule: "release/unknown", what: "release", by: "digest" },
    all: releasesOf(state),
    isMeant: ({ digest }) => isBegin && digest.startsWith(`sha256:${digits}`),
    fix: "fairlead release list shows them; write 6 digits or more",
  });
}
