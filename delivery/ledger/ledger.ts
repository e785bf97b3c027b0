import type { Problem } from "../../problems/problem.ts";
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
  /** What is no fault and yet worth knowing: a head that is one behind, a file that is none of the ledger's. */
  notes?: readonly Problem[];
}

/** What a store holds, as it is: whether it is what was written is another's question. */
export interface StoredTexts {
  /** In their order, up to the first that is missing. */
  records: readonly string[];
  /** That of the signed head. */
  head?: string;
  /** What is no part of the ledger. */
  notes?: readonly Problem[];
}

/** What is written at once. */
export interface Added {
  number: number;
  record: string;
  head: string;
}

/** Where texts are kept one after the other. The only places that know whether it is a folder, a Git ref or a database. */
export interface LedgerStore {
  /** Where it is, for a person; no secret in it. */
  readonly place: string;
  /** Where a record is, for a person. */
  where(number: number): string;
  read(): Promise<StoredTexts>;
  /**
   * Adds one text as number `number`, and the head that signs it. Returns once both would outlast a loss of power. False, and nothing is
   * written, where that number is there already: compare-and-set.
   */
  append(added: Added): Promise<boolean>;
  /** Writes the head that a crash left unwritten; only of stores that write record and head one after the other. */
  mendHead?(number: number, head: string): Promise<void>;
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

/** The digest of a record, of a ledger that was read: each names that of the one before, and the head that of the last. */
export function digestOfRecord({ records, head }: ReadLedger, number: number): string | undefined {
  return head.number === number ? head.digest : records.find((one) => one.number === number + 1)?.previous;
}
