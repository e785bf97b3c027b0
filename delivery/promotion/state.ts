import type { EntryOf, Holder } from "../ledger/entry.ts";
import type { LedgerRecord } from "../ledger/record.ts";
import { type Release, releaseDigest } from "../release/release.ts";

/** What a ledger comes to: which releases there are, and what runs where. */
export interface DeliveryState {
  /** By digest, in the order in which they were made; `by` made it. */
  releases: ReadonlyMap<string, { release: Release; at: string; by: string }>;
  /** By environment; one that nothing has entered yet is not among them. */
  environments: ReadonlyMap<string, EnvironmentState>;
  /** By id, in the order of their begins. */
  promotions: ReadonlyMap<string, PromotionState>;
}

/** What runs in an environment. */
export interface EnvironmentState {
  /** Each span in which one release ran there without interruption, oldest first; the last has no end while it lasts. */
  stays: Stay[];
  /** Why nothing enters by itself. */
  held?: { because: string; at: string };
  /** Id of the promotion that is under way. */
  underWay?: string;
  /** Id of the last promotion that ended. */
  last?: string;
}

/** A release in an environment, from when until when (ISO 8601). */
export interface Stay {
  release: string;
  /** When its promotion ended. */
  from: string;
  /** Its promotion there ended well, this time or an earlier one. */
  isVerified: boolean;
  /** When another one, or a rollback, began. */
  to?: string;
}

/** A promotion as far as it has come. */
export interface PromotionState
  extends Omit<EntryOf<"begun">, "kind" | "promotion" | "holder" | "leaseSeconds"> {
  id: string;
  /** Of the record that it begins with. */
  number: number;
  begunAt: string;
  requestedBy: string;
  holder: Holder;
  /** Number of the record by which `holder` came to hold it. */
  token: number;
  /** ISO 8601: when somebody else may take it over. Absent once it has ended. */
  expires?: string;
  /** What became of each step that was begun. */
  done: Map<string, Omit<EntryOf<"step">, "kind" | "promotion" | "token" | "step"> & { at: string }>;
  ended?: Omit<EntryOf<"ended">, "kind" | "promotion" | "token"> & { at: string };
}

/**
 * Works through the records of a ledger. Records of a promotion that its writer no longer held are passed over, and so is one that begins while
 * another is under way there: they never took effect.
 */
export function stateOf(records: readonly LedgerRecord[]): DeliveryState {
  const releases = new Map<string, { release: Release; at: string; by: string }>();
  const environments = new Map<string, EnvironmentState>();
  const promotions = new Map<string, PromotionState & { leaseSeconds: number }>();
  const environment = (name: string) => {
    const known = environments.get(name) ?? { stays: [] };
    environments.set(name, known);
    return known;
  };
  for (const { entry, at, by, number } of records) {
    switch (entry.kind) {
      case "release":
        releases.set(releaseDigest(entry.release), { release: entry.release, at, by });
        break;
      case "hold":
        environment(entry.environment).held = { because: entry.because, at };
        break;
      case "let-go":
        delete environment(entry.environment).held;
        break;
      case "begun": {
        const { kind: _kind, promotion: id, ...begun } = entry;
        const there = environment(entry.environment);
        if (there.underWay !== undefined || promotions.has(id)) break;
        const made = { ...begun, id, number, begunAt: at, requestedBy: by, token: number, done: new Map() };
        promotions.set(id, { ...made, expires: after(at, entry.leaseSeconds) });
        there.underWay = id;
        break;
      }
      case "taken-over": {
        const promotion = promotions.get(entry.promotion);
        if (!promotion || promotion.ended) break;
        const { holder, leaseSeconds } = entry;
        Object.assign(promotion, { holder, leaseSeconds, token: number, expires: after(at, leaseSeconds) });
        break;
      }
      case "renewed":
      case "step":
      case "ended": {
        const promotion = promotions.get(entry.promotion);
        if (!promotion || promotion.ended || promotion.token !== entry.token) break;
        promotion.expires = after(at, promotion.leaseSeconds);
        if (entry.kind === "step") {
          const { state, says, facts } = entry;
          promotion.done.set(entry.step, { state, ...(says && { says }), ...(facts && { facts }), at });
        }
        if (entry.kind === "ended") end(promotion, entry, { at, of: environment(promotion.environment) });
        break;
      }
    }
  }
  return { releases, environments, promotions };
}

function end(
  promotion: PromotionState,
  { outcome, runs, says }: EntryOf<"ended">,
  { at, of }: { at: string; of: EnvironmentState },
): void {
  promotion.ended = { outcome, ...(runs && { runs }), ...(says && { says }), at };
  delete promotion.expires;
  delete of.underWay;
  of.last = promotion.id;
  const before = of.stays.at(-1);
  // One that was refused before anything was changed has interrupted nothing.
  const isUntouched =
    before !== undefined && before.to === undefined && before.release === runs && outcome !== "promoted";
  if (isUntouched && ![...promotion.done.values()].some(({ state }) => state !== "failed")) return;
  if (before && before.to === undefined) before.to = promotion.begunAt;
  if (runs === undefined) return;
  const isVerified =
    (outcome === "promoted" && runs === promotion.release) ||
    of.stays.some((stay) => stay.isVerified && stay.release === runs);
  of.stays.push({ release: runs, from: at, isVerified });
}

/** The release that runs in an environment, and since when; while another one enters it is still the one before. */
export function stayNow({ environments }: DeliveryState, environment: string): Stay | undefined {
  const last = environments.get(environment)?.stays.at(-1);
  return last?.to === undefined ? last : undefined;
}

/** Whether a release was verified in an environment, lately or long ago. */
export function wasVerifiedIn(
  { environments }: DeliveryState,
  environment: string,
  release: string,
): boolean {
  return (
    environments.get(environment)?.stays.some((stay) => stay.isVerified && stay.release === release) ?? false
  );
}

function after(at: string, seconds: number): string {
  return new Date(Date.parse(at) + seconds * 1000).toISOString();
}
