import type { Promotion } from "../../model/promotion.ts";
import { BEGIN } from "../ledger/record.ts";
import { type Release, releaseDigest } from "../release/release.ts";
import { freezeAt } from "./freezes.ts";
import { mayEnter } from "./may-enter.ts";

/** The ways by which a release enters. */
export const ways = ["release", "hotfix", "rollback"] as const;
export type Way = (typeof ways)[number];

/**
 * What is asked before a release enters an environment, in words and in the order in which it is answered: by the function that answers for real
 * releases, of one that nobody knows anything of.
 */
export function askedToEnter(
  { platform, promotion }: { platform: string; promotion: Promotion },
  { environment, way }: { environment: string; way: Way },
): string[] {
  const release: Release = {
    ...{ version: 1, platform, images: {}, commit: "0".repeat(40), catalog: BEGIN, policies: BEGIN },
    ...(way === "hotfix" && { hotfix: "any" }),
  };
  const digest = releaseDigest(release);
  const at = new Date(0);
  const made = {
    ...{
      version: 1 as const,
      ledger: platform,
      number: 1,
      previous: BEGIN,
      at: at.toISOString(),
      by: "nobody",
    },
    entry: { kind: "release" as const, release },
  };
  const ledger = { records: [made], head: { ledger: platform, number: 1, digest: BEGIN } };
  const request = { release: digest, environment, at, rollback: way === "rollback" };
  const facts = { platform, promotion, people: [], agreements: [], freezeAt, ledger };
  return mayEnter(request, facts).asked.map(({ asked }) => asked);
}
