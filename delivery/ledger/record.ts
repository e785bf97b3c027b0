import { z } from "zod";
import { slug } from "../../catalog/text.ts";
import { canonicalJson } from "../../model/canonical-json.ts";
import { digestOf } from "../gate/record.ts";
import { digest } from "../release/release.ts";
import { entry } from "./entry.ts";

/** One record of a ledger, chained to the one before. */
export const ledgerRecord = z.strictObject({
  version: z.literal(1),
  /** The platform whose ledger it is: a record of one is none of another. */
  ledger: slug,
  /** From 1, without a gap. */
  number: z.int().min(1),
  /** Digest of the record before as it is stored; of the first, BEGIN. */
  previous: digest,
  /** ISO 8601, UTC; by the writer's clock. */
  at: z.iso.datetime(),
  /** `kid` of the key that signed it. */
  by: z.string().min(1),
  entry,
});
export type LedgerRecord = z.output<typeof ledgerRecord>;

/** What stands before the first record. */
export const BEGIN = digestOf("");

/** A record as it is stored: readable, and with its signature (JWS with a detached payload, RFC 7515 appendix F) over its canonical JSON. */
export interface StoredRecord {
  record: LedgerRecord;
  signature: string;
}

/** The text that is stored of a record, and chained to. */
export function storedText(stored: StoredRecord): string {
  return `${canonicalJson(stored)}\n`;
}
