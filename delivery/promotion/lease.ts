// Who holds a promotion. The number of the record by which somebody came to hold it is their token: a ledger takes nothing under an older one.
import { canonicalJson } from "../../model/canonical-json.ts";
import { type Problem, ProblemsError } from "../../problems/problem.ts";
import { CLOCK_SKEW_SECONDS } from "../ledger/clock-skew.ts";
import type { Entry, Holder } from "../ledger/entry.ts";
import { digestOfRecord, type Ledger, type ReadLedger } from "../ledger/ledger.ts";
import { shortDigest } from "./asking.ts";
import { type DeliveryState, type PromotionState, stateOf } from "./state.ts";

/** For how long nobody else goes on with a promotion whose holder is not heard of. */
export const LEASE_SECONDS = 300;

/** A promotion that this process holds. */
export interface Held {
  readonly id: string;
  readonly token: number;
  /** Digest of the ledger's record with which the promotion began. */
  readonly record: string;
  /** Says so as soon as it is known that somebody else holds it. */
  readonly lost: AbortSignal;
  /** Adds what was done; throws a ProblemsError of rule `promotion/taken-over`, and adds nothing, where somebody else holds it by now. */
  add(entry: Entry | ((read: ReadLedger) => Entry | undefined)): Promise<ReadLedger>;
  /** Tells the ledger no more that its holder is at work. */
  rest(): void;
}

/** Whose it is, and who tells whether one of the processes here runs still. */
export interface Holding {
  ledger: Ledger;
  platform: string;
  holder: Holder;
  leaseSeconds: number;
  now: () => Date;
}

/** Holds a promotion whose begin, or whose taking over, is in the ledger: says so in the ledger from time to time, until it rests. */
export function hold(id: string, holding: Holding, read: ReadLedger): Held {
  const { ledger, platform, leaseSeconds } = holding;
  const token = tokenOf(id, holding, read);
  const lost = new AbortController();
  const add: Held["add"] = async (entry) => {
    try {
      return await ledger.add((now) => {
        expectHeld(stateOf(now.records), { id, token, platform });
        return typeof entry === "function" ? entry(now) : entry;
      });
    } catch (error) {
      if (isTakenOver(error)) lost.abort(error);
      throw error;
    }
  };
  // One that fails is followed by another; whether the promotion is ours is asked before each effect as well.
  const renew = () => void add({ kind: "renewed", promotion: id, token }).catch(() => {});
  const timer = setInterval(renew, (leaseSeconds * 1000) / 3);
  timer.unref();
  const rest = () => clearInterval(timer);
  return { id, token, record: recordOf(read, id), lost: lost.signal, add, rest };
}

/** The number of the record by which this process came to hold it; somebody else may have added theirs since. */
function tokenOf(id: string, { holder }: Holding, { records }: ReadLedger): number {
  const own = records.findLast(
    ({ entry }) =>
      (entry.kind === "begun" || entry.kind === "taken-over") &&
      entry.promotion === id &&
      canonicalJson(entry.holder) === canonicalJson(holder),
  );
  if (!own) throw new Error(`the ledger does not say that promotion ${id} is ours`);
  return own.number;
}

/** Goes on with a promotion of somebody else. Throws a ProblemsError where `may` does not let it be taken. */
export async function takeOver(
  id: string,
  holding: Holding,
  may: (promotion: PromotionState) => Problem | undefined,
): Promise<{ held: Held; read: ReadLedger }> {
  const { ledger, holder, leaseSeconds } = holding;
  const read = await ledger.add((now) => {
    const promotion = promotionOf(stateOf(now.records), id);
    const problem = promotion.ended ? alreadyEnded(promotion) : may(promotion);
    if (problem) throw new ProblemsError([problem]);
    return { kind: "taken-over", promotion: id, holder, leaseSeconds };
  });
  return { held: hold(id, holding, read), read };
}

/** Whether nobody is at work on it: its lease is over, or its process is one of this machine's that is gone. */
export function isAbandoned(promotion: PromotionState, { now, holder: me }: Holding): boolean {
  const { host, pid } = promotion.holder;
  return (host === me.host && !isRunning(pid)) || isLeaseOver(promotion, now());
}

/** Whether the holder of a promotion was not heard of for as long as its lease is, also by a clock that is behind. */
export function isLeaseOver({ expires }: Pick<PromotionState, "expires">, at: Date): boolean {
  return expires === undefined || at.getTime() > Date.parse(expires) + CLOCK_SKEW_SECONDS * 1000;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Why nobody else may begin: who is at it, since when, and until when that counts. */
export function underWay(promotion: PromotionState, { platform }: Pick<Holding, "platform">): Problem {
  const { environment, release, begunAt, holder, expires = "" } = promotion;
  const { by, host, pid } = holder;
  const place = `--platform ${platform} --env ${environment}`;
  return {
    rule: "promotion/locked",
    severity: "error",
    message: `${shortDigest(release)} is being promoted to ${environment} by ${by} (process ${pid} on ${host}) since ${begunAt}, at least until ${expires}`,
    fix: `wait for it: --wait; if that process is gone: fairlead promote ${place} --resume, or --abort; in an emergency: fairlead rollback ${place} --because REASON`,
  };
}

/** The promotion of an id. Throws where there is none. */
export function promotionOf({ promotions }: DeliveryState, id: string): PromotionState {
  const promotion = promotions.get(id);
  if (!promotion) throw new Error(`the ledger has no promotion ${id}`);
  return promotion;
}

function expectHeld(
  state: DeliveryState,
  { id, token, platform }: Pick<Held, "id" | "token"> & Pick<Holding, "platform">,
): void {
  const { token: now, holder, ended, environment } = promotionOf(state, id);
  if (now === token && !ended) return;
  const { by, host, pid } = holder;
  const how = now === token ? `ended (${ended?.outcome})` : `taken over by ${by} (process ${pid} on ${host})`;
  throw new ProblemsError([
    {
      rule: "promotion/taken-over",
      severity: "error",
      message: `the promotion to ${environment} was ${how}; nothing more is done here`,
      fix: `see what became of it: fairlead history --platform ${platform} --env ${environment}`,
    },
  ]);
}

function isTakenOver(error: unknown): boolean {
  return error instanceof ProblemsError && error.problems.some(({ rule }) => rule === "promotion/taken-over");
}

function alreadyEnded({ environment, ended }: PromotionState): Problem {
  return {
    rule: "promotion/none-under-way",
    severity: "error",
    message: `the promotion to ${environment} has ended already: ${ended?.outcome} at ${ended?.at}`,
    fix: "begin a new one",
  };
}

/** Digest of the record with which a promotion began: what its lock file names. */
export function recordOf(read: ReadLedger, id: string): string {
  const begin = read.records.find(({ entry }) => entry.kind === "begun" && entry.promotion === id);
  const digest = begin && digestOfRecord(read, begin.number);
  if (digest === undefined) throw new Error(`the ledger has no promotion ${id}`);
  return digest;
}
