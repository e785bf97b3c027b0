import { releaseDigest } from "../release/release.ts";
import type { Agreement } from "./approval.ts";
import {
  noFreeze,
  notHeld,
  nothingUnderWay,
  previousComplete,
  together,
  verifiedThere,
} from "./asked-of-environment.ts";
import { gatesPassed, noStageSkipped, smokeTested, soaked } from "./asked-of-evidence.ts";
import { approved, overrideOf } from "./asked-of-people.ts";
import { asDescribed, byAPromoter, byTheClock, lockFileAsWritten } from "./asked-of-release.ts";
import { type Ask, type Asking, answered, shortDigest } from "./asking.ts";
import {
  type EntryAnswer,
  type EntryFacts,
  type EntryRequest,
  openOf,
  type Pending,
  type Requirement,
} from "./requirement.ts";
import { type DeliveryState, stateOf } from "./state.ts";

/** What no override lets pass: that it is this release, and that nobody else is at it. */
const NEVER_OVERRIDDEN: readonly Ask[] = [
  byAPromoter,
  byTheClock,
  asDescribed,
  lockFileAsWritten,
  nothingUnderWay,
];
const USUAL: readonly Ask[] = [
  ...[noStageSkipped, soaked, smokeTested, previousComplete, gatesPassed, together],
  ...[approved, noFreeze, notHeld],
];
/** The way back is short: neither evidence nor people nor the calendar is asked, and it writes the lock file anew. */
const ROLLBACK: readonly Ask[] = [byAPromoter, byTheClock, nothingUnderWay, verifiedThere];

/**
 * Whether a release may enter an environment, and why: the one answer for promote, why-not, approve, releases and rollback. A pure function of
 * what is given: the same facts, the same answer. A rollback is asked neither for soak, gates, approvals and prerequisites nor about freezes,
 * holds and the lock file, which it writes anew, but goes only to a release that was verified there.
 */
export function mayEnter(request: EntryRequest, facts: EntryFacts): EntryAnswer {
  const state = stateOf(facts.ledger.records);
  const known = [...releaseKnown(request, { facts, state }), ...environmentKnown(request, facts)];
  const asking = askingOf(request, { facts, state });
  if (asking === undefined || known.some(({ answer }) => answer !== "met"))
    return { may: false, asked: known, way: request.rollback ? "rollback" : "usual", pending: "release" };
  if (asking.way === "rollback")
    return answerOf([...known, ...ROLLBACK.flatMap((ask) => ask(asking))], asking.way);
  const firm = [...known, ...NEVER_OVERRIDDEN.flatMap((ask) => ask(asking))];
  const usual = USUAL.flatMap((ask) => ask(asking));
  const override = usual.some(({ answer }) => answer !== "met") ? overrideOf(asking) : undefined;
  if (override === undefined) return answerOf([...firm, ...usual], asking.way);
  const letIn = usual.map(
    (one): Requirement => (one.answer === "met" ? one : { ...one, isOverridden: true }),
  );
  return { ...answerOf([...firm, ...letIn], "override"), override: toldOf(override) };
}

/** What is asked of, where both release and environment are known. */
export function askingOf(
  request: EntryRequest,
  { facts, state }: { facts: EntryFacts; state: DeliveryState },
): Asking | undefined {
  const release = state.releases.get(request.release);
  const stop = facts.promotion.stops.find(({ environment }) => environment === request.environment);
  if (release === undefined || stop === undefined) return undefined;
  const isHotfix = release.release.hotfix !== undefined && stop.hotfix !== undefined;
  const way = request.rollback ? "rollback" : isHotfix ? "hotfix" : "usual";
  const there = state.environments.get(request.environment) ?? { stays: [] };
  return { request, facts, state, release, stop, there, way };
}

function releaseKnown(
  { release }: EntryRequest,
  { facts, state }: { facts: EntryFacts; state: DeliveryState },
): Requirement[] {
  const asked = {
    id: "release",
    asked: "the ledger knows the release, and its digest is that of what it holds",
  };
  const known = state.releases.get(release);
  if (known === undefined)
    return answered(asked, {
      answer: "not met",
      because: `the ledger of ${facts.platform} has none of ${shortDigest(release)}`,
      wayOut: `fairlead release list --platform ${facts.platform} shows those it has; fairlead release create makes one`,
    });
  const digest = releaseDigest(known.release);
  if (digest !== release || known.release.platform !== facts.platform)
    return answered(asked, {
      answer: "not met",
      because:
        digest === release
          ? `it is of ${known.release.platform}`
          : `what it holds has ${shortDigest(digest)}`,
      wayOut: "fairlead verify",
    });
  return answered(asked, { answer: "met", because: `${shortDigest(release)}, made by ${known.by}` });
}

function environmentKnown({ environment }: EntryRequest, { promotion, platform }: EntryFacts): Requirement[] {
  const asked = { id: "environment", asked: "the catalog promotes releases to the environment" };
  const names = promotion.stops.map((stop) => stop.environment);
  if (names.includes(environment)) return answered(asked, { answer: "met", because: names.join(" → ") });
  return answered(asked, {
    answer: "not met",
    because: `${platform} has ${names.join(", ")}, and no ${environment}`,
    wayOut: `use one of ${names.join(", ")}, or describe ${environment} in the platform's promotion`,
  });
}

function answerOf(asked: Requirement[], way: EntryAnswer["way"]): EntryAnswer {
  const open = openOf(asked);
  if (open.length === 0) return { may: true, asked, way };
  const others = open.filter(({ id }) => !id.startsWith("approval/"));
  const earliest =
    others.length > 0 && others.every((one) => one.earliest !== undefined) ? latest(others) : undefined;
  return { may: false, asked, way, pending: pendingOf(others), ...(earliest && { earliest }) };
}

function pendingOf(others: readonly Requirement[]): Pending {
  if (others.some(({ id }) => id === "under-way")) return "holder";
  if (others.some(({ answer }) => answer === "not met")) return "requirements";
  return others.length > 0 ? "evidence" : "approvals";
}

function latest(all: readonly Requirement[]): string | undefined {
  return all
    .flatMap(({ earliest }) => earliest ?? [])
    .sort()
    .at(-1);
}

function toldOf({ by, role, reason = "", until }: Agreement): NonNullable<EntryAnswer["override"]> {
  return { by, role, reason, until };
}
