// What the ledger says of an environment's lock file. Who is about to write it asks which text stands in it, byte for byte; who only looks asks whether a
// promotion of the ledger has written its content, for the file may be that of an older checkout.
import { canonicalJson } from "../../model/canonical-json.ts";
import { type Problem, ProblemsError } from "../../problems/problem.ts";
import { digestOf } from "../gate/record.ts";
import type { Entry } from "../ledger/entry.ts";
import { digestOfRecord, type ReadLedger } from "../ledger/ledger.ts";
import { lockFileText } from "../release/lock-file.ts";
import { shortDigest } from "./asking.ts";
import { type Held, recordOf } from "./lease.ts";
import type { LockFileFound } from "./requirement.ts";
import { type DeliveryState, type PromotionState, stateOf, stayNow } from "./state.ts";
import type { Target } from "./step.ts";

/** Steps that write the lock file, in a promotion and on the way back of one. */
export const LOCK_FILE_STEPS = ["lock-file", "back-lock-file"] as const;

/** The rule that an edited lock file breaks. */
export const EDITED = "promotion/edited-lock-file";

/** What is written for a target; nothing where nothing is to run. */
export function lockFileOf(
  { platform, environment, release }: Target,
  { id, token, record }: Pick<Held, "id" | "token" | "record">,
): string | undefined {
  if (!release) return undefined;
  const { images } = release.content;
  return lockFileText({
    ...{ version: 1 as const, platform, environment, release: release.digest, images },
    ...{ promotion: id, token, record },
  });
}

/** As a step's facts name what it wrote. */
export function lockFact(text: string | undefined): string {
  return text === undefined ? "none" : digestOf(text);
}

/**
 * What is wrong with a lock file that no promotion has written so: edited by hand, put back by a revert, removed. While a promotion is under way
 * it may be as before, or as any of its holders writes it. `text`: absent where there is no file.
 */
export function lockFileProblem(
  read: ReadLedger,
  { file, text, ...place }: { file: string; text: string | undefined; platform: string; environment: string },
): Problem | undefined {
  if (saidOf(read, place).has(lockFact(text))) return undefined;
  const { environment } = place;
  const how = text === undefined ? "is gone" : "is not as a promotion has written it";
  return {
    rule: EDITED,
    severity: "error",
    message: `${file} ${how}; what runs in ${environment} is what the ledger says`,
    fix: `take the change back (git restore ${file}), or have it as the ledger says: ${asLedgerSays(stateOf(read.records), place)}`,
  };
}

/** How a lock file comes to hold what the ledger says, whatever lies there: a rollback to what runs writes it anew. */
export function asLedgerSays(
  state: DeliveryState,
  { platform, environment }: { platform: string; environment: string },
): string {
  const runs = stayNow(state, environment)?.release;
  if (runs === undefined) return "remove it, since nothing runs there";
  return `fairlead rollback --platform ${platform} --env ${environment} --to ${runs} --because REASON`;
}

/** Throws a ProblemsError where the lock file is not as a promotion has written it. */
export function expectSaid(...args: Parameters<typeof lockFileProblem>): void {
  const problem = lockFileProblem(...args);
  if (problem) throw new ProblemsError([problem]);
}

/** A ledger, what it comes to, and the environment whose lock file it is asked about. */
export interface LockedBy {
  ledger: ReadLedger;
  state: DeliveryState;
  environment: string;
}

/** Why a lock file is not one that a promotion may have left in the environment by now; undefined where it is. */
export function whyEdited(
  found: Exclude<LockFileFound, { kind: "unseen" }>,
  by: LockedBy,
): string | undefined {
  const { state, environment } = by;
  const runs = stayNow(state, environment)?.release;
  const underWay = state.environments.get(environment)?.underWay;
  const entering = underWay === undefined ? undefined : state.promotions.get(underWay);
  // While something enters, the file may be of before or after.
  const expected = [runs, entering?.release].filter((one) => one !== undefined);
  if (found.kind === "unreadable") return found.because;
  if (found.kind === "none")
    return runs === undefined || entering !== undefined
      ? undefined
      : `it is gone, and ${shortDigest(runs)} runs there`;
  if (!expected.includes(found.release))
    return `it names ${shortDigest(found.release)}, and by the ledger ${runs === undefined ? "nothing" : shortDigest(runs)} runs there`;
  return whyNotWritten(found, by);
}

/** Why no promotion of the ledger has written a lock file so, now or at any time; undefined where one has. */
export function whyNotWritten(
  found: LockFileFound & { kind: "read" },
  { ledger, state, environment }: LockedBy,
): string | undefined {
  const promotion = state.promotions.get(found.promotion);
  const isWritten =
    promotion?.environment === environment &&
    releasesOf(promotion).includes(found.release) &&
    tokensOf(ledger, promotion).includes(found.token) &&
    digestOfRecord(ledger, promotion.number) === found.record;
  if (!isWritten) return "no promotion of this ledger has written it";
  const images = state.releases.get(found.release)?.release.images ?? {};
  if (canonicalJson(images) === canonicalJson(found.images)) return undefined;
  return `its images are not those of ${shortDigest(found.release)}`;
}

/** Whose lock files a promotion may have left: the one that it ended with, or while it is under way both. */
function releasesOf({ ended, release, from }: PromotionState): (string | undefined)[] {
  return ended ? [ended.runs] : [release, from];
}

function saidOf(read: ReadLedger, place: { platform: string; environment: string }): Set<string> {
  const state = stateOf(read.records);
  const promotions = [...state.promotions.values()].filter((one) => one.environment === place.environment);
  const ids = new Set(promotions.map(({ id }) => id));
  const last = read.records.map(({ entry }) => entry).findLast((entry) => isWrite(entry, ids));
  const said = new Set([last?.facts?.lock ?? "none"]);
  const underWay = promotions.find(({ ended }) => !ended);
  if (!underWay) return said;
  for (const release of releasesOf(underWay)) {
    const content = release === undefined ? undefined : state.releases.get(release)?.release;
    const target = { ...place, ...(release && content && { release: { digest: release, content } }) };
    for (const token of tokensOf(read, underWay))
      said.add(lockFact(lockFileOf(target, { id: underWay.id, token, record: recordOf(read, underWay.id) })));
  }
  return said;
}

/** Every token that somebody held it by, the present holder's included. */
function tokensOf({ records }: ReadLedger, { id }: PromotionState): number[] {
  return records
    .filter(({ entry }) => (entry.kind === "begun" || entry.kind === "taken-over") && entry.promotion === id)
    .map(({ number }) => number);
}

type StepEntry = Extract<Entry, { kind: "step" }>;

function isWrite(entry: Entry, ids: ReadonlySet<string>): entry is StepEntry {
  return (
    entry.kind === "step" &&
    entry.state === "done" &&
    ids.has(entry.promotion) &&
    LOCK_FILE_STEPS.some((name) => name === entry.step)
  );
}
