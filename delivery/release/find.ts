import { UsageError } from "../../problems/problem.ts";
import { showValue } from "../../problems/show-value.ts";
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
  const all = releasesOf(state);
  const found = /^[0-9a-f]{6,64}$/.test(digits)
    ? all.filter(({ digest }) => digest.startsWith(`sha256:${digits}`))
    : [];
  const [only] = found;
  if (only && found.length === 1) return only;
  const message =
    found.length > 1
      ? `${showValue(begin)} is the begin of ${found.length} releases`
      : `there is no release ${showValue(begin)}; the ledger has ${all.length}`;
  const fix =
    found.length > 1
      ? "write more of its digest"
      : "fairlead release list shows them; write 6 digits or more";
  throw new UsageError([{ rule: "release/unknown", severity: "error", message, fix }]);
}
