import type { Freeze, Promotion } from "../../model/promotion.ts";
import type { EntryOf } from "../ledger/entry.ts";
import type { ReadLedger } from "../ledger/ledger.ts";
import type { Person } from "../signing/signer.ts";
import type { Agreement } from "./approval.ts";

/** What somebody wants: a release in an environment. */
export interface EntryRequest {
  /** Digest of the release. */
  release: string;
  environment: string;
  /** `kid` of who asks for it: no approval of theirs counts. Absent: nobody knows, and nothing may enter. */
  by?: string | undefined;
  /** The clock of whoever asks. */
  at: Date;
  /** It is the way back: to a release that was verified there. */
  rollback?: boolean;
  /** Id of the promotion under way that asks on its own behalf: going on with it, or taking back what it did. */
  promotion?: string;
}

/** All that the answer depends on. What is absent is not known, and what is not known lets nothing in. */
export interface EntryFacts {
  platform: string;
  promotion: Promotion;
  /** As it was read: whole and unaltered. */
  ledger: ReadLedger;
  /** What people signed, as `agreementsOf` reads it out of the ledger. */
  agreements: readonly Agreement[];
  /** Those of `approvers.json` as it is now. */
  people: readonly Person[];
  /** The environment's lock file as it lies there. */
  lockFile?: LockFileFound | undefined;
  /** Digests of catalog and policies at the release's commit. */
  atCommit?: { catalog: string; policies: string } | undefined;
  freezeAt: FreezeAt;
}

/** A lock file, what makes it unreadable, why nobody can see it, or that there is none. */
export type LockFileFound =
  | { kind: "none" }
  | { kind: "unseen"; because: string; wayOut: string }
  | { kind: "unreadable"; because: string }
  | {
      kind: "read";
      release: string;
      images: Readonly<Record<string, string>>;
      promotion: string;
      /** Digest of the ledger's record with which the promotion began. */
      record: string;
      /** Number of the record by which whoever wrote it held the promotion. */
      token: number;
    };

/** What the answer depends on, but for the ledger and what people signed there. */
export type GivenFacts = Omit<EntryFacts, "ledger" | "agreements">;

/** The freeze that is on at a time, and until when. */
export type FreezeAt = (freezes: readonly Freeze[], at: Date) => { freeze: Freeze; until: Date } | undefined;

/** One thing that is asked of a release before it enters an environment. */
export interface Requirement {
  /** Of its kind: `soak`, `gate/NAME`, `approval/ROLE`. */
  id: string;
  /** What is asked, in words. */
  asked: string;
  answer: "met" | "not met" | "unknown";
  /** Why that is the answer, with numbers. */
  because: string;
  /** The command that helps, or what to do. Absent where it is met. */
  wayOut?: string;
  /** ISO 8601: when it will be met at the earliest, if nothing interferes. */
  earliest?: string;
  /** It is not met, and an emergency override lets the release in all the same. */
  isOverridden?: true;
}

/** What keeps a release out: not met, or not known, and not overridden. */
export function openOf(asked: readonly Requirement[]): Requirement[] {
  return asked.filter(({ answer, isOverridden }) => answer !== "met" && !isOverridden);
}

/**
 * What a release that may not enter waits for. `release`: there is no such release or environment; `holder`: another promotion is under way;
 * `requirements`: something is not met; `evidence`: nothing is known to be against it, but not everything is known; `approvals`: they alone are missing.
 */
export type Pending = "release" | "holder" | "requirements" | "evidence" | "approvals";

/** Whether a release may enter an environment, and why. */
export interface EntryAnswer {
  may: boolean;
  /** All that is asked, in the order of a release's way. */
  asked: Requirement[];
  /** By which way it enters, or would. */
  way: EntryOf<"begun">["way"];
  /** What it waits for, where it may not enter. */
  pending?: Pending;
  /** ISO 8601: when everything that time alone brings will be met. */
  earliest?: string;
  /** The signed override by which it enters. */
  override?: { by: string; role: string; reason: string; until: string };
}
