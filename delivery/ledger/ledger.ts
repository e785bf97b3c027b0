import type { Entry } from "./entry.ts";
import type { LedgerRecord } from "./record.ts";

/** The end of a ledger: how many records it has, and the digest of the last. */
export interface Head {
  number: number;
  digest: string;
}

/** A ledger that was read: every record in its place, unaltered, signed by somebody who may. */
export interface ReadLedger {
  records: readonly LedgerRecord[];
  head: Head;
}

/** Where texts are kept one after the other. The only places that know whether it is a folder, a Git ref or a database. */
export interface LedgerStore {
  /** Where it is, for a person; no secret in it. */
  readonly place: string;
  /** The texts of all records in their order, and that of the signed head. */
  read(): Promise<{ records: readonly string[]; head?: string }>;
  /**
   * Adds one text as number `number`, and the head that signs it. Returns once both would outlast a loss of power. False, and nothing is
   * written, where that number is there already: compare-and-set.
   */
  append(added: { number: number; record: string; head: string }): Promise<boolean>;
  /** Lets go of connections. */
  close(): Promise<void>;
}

/** An append-only account of what has happened. */
export interface Ledger {
  readonly place: string;
  /** Throws a ProblemsError of rule `ledger/…` that names the first record that is not as it was written. */
  read(): Promise<ReadLedger>;
  /**
   * Adds what `decide` says of the ledger as it is, and says so once that is durable. Where somebody else added meanwhile it is read and decided
   * again: of two who see the same state one alone gets it written. `decide` gives undefined where there is nothing to add, and throws to refuse.
   */
  add(decide: (read: ReadLedger) => Entry | undefined | Promise<Entry | undefined>): Promise<ReadLedger>;
  close(): Promise<void>;
}
