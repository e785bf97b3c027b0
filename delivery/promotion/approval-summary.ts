import { printable } from "../../problems/printable.ts";
import { readableTime, shortDigest } from "./asking.ts";
import { mayEnter } from "./may-enter.ts";
import type { EntryFacts } from "./requirement.ts";
import { stateOf, stayNow } from "./state.ts";

/** What somebody is about to approve of: the release, its images and how they differ from what runs there, and what the gates say. Lines for a terminal. */
export function approvalSummary(
  { release: digest, environment, at }: { release: string; environment: string; at: Date },
  facts: EntryFacts,
): string[] {
  const state = stateOf(facts.ledger.records);
  const known = state.releases.get(digest);
  if (known === undefined) return [];
  const { release, by } = known;
  const runs = stayNow(state, environment)?.release;
  const before = runs === undefined ? undefined : state.releases.get(runs)?.release;
  const images = Object.entries(release.images).map(([service, image]) => {
    const old = before?.images[service];
    const how = old === undefined ? "new" : old === image ? "as it runs there" : `instead of ${old}`;
    return `  ${service}: ${image} (${how})`;
  });
  const gates = mayEnter({ release: digest, environment, at }, facts).asked.filter(({ id }) =>
    id.startsWith("gate/"),
  );
  return [
    `${shortDigest(digest)} in ${environment}, made by ${by} at ${readableTime(known.at)} of commit ${release.commit.slice(0, 12)}`,
    ...(release.hotfix === undefined ? [] : [`  hotfix: ${release.hotfix}`]),
    runs === undefined ? "  nothing runs there yet" : `  ${shortDigest(runs)} runs there now`,
    ...images,
    ...(before && before.catalog !== release.catalog
      ? ["  the catalog differs from that of what runs there"]
      : []),
    ...(before && before.policies !== release.policies
      ? ["  the gates' policies differ from those of what runs there"]
      : []),
    ...gates.map(({ id, because }) => `  ${id}: ${because}`),
  ].map(printable);
}
