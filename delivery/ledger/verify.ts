// What `fairlead verify` looks for, beyond what every reading of a ledger refuses.
import { contradiction, verifyAttestation } from "../attestation/attest.ts";
import { type DeliveryState, stateOf } from "../promotion/state.ts";
import { whyNotEntitled } from "../signing/people.ts";
import { SignatureError } from "../signing/signature.ts";
import type { Person } from "../signing/signer.ts";
import { WRITER } from "./chain.ts";
import type { EntryOf } from "./entry.ts";
import { type Fault, ledgerError } from "./fault.ts";
import type { Ledger, ReadLedger } from "./ledger.ts";
import type { LedgerRecord } from "./record.ts";

/** What was verified. */
export interface Verified extends ReadLedger {
  attestations: number;
}

/**
 * Reads a ledger whole, with every check that reading makes; that it holds the record whose digest is `head`, where one is named; and that each
 * attestation in it says what the records before it say. Throws a ProblemsError that names the first record that is wrong.
 */
export async function verifyLedger(
  ledger: Ledger,
  { people, head }: { people: readonly Person[]; head?: string },
): Promise<Verified> {
  const read = await ledger.read();
  if (head !== undefined) refuseOther(read, head);
  const [first] = attestationProblems(read.records, people);
  if (first) throw ledgerError(first);
  return { ...read, attestations: read.records.filter(({ entry }) => entry.kind === "attestation").length };
}

function refuseOther({ records, head }: ReadLedger, wanted: string): void {
  if (head.digest === wanted || records.some(({ previous }) => previous === wanted)) return;
  throw ledgerError({
    why: "cut-off",
    number: records.length + 1,
    message: `no record has the digest ${wanted}: the ledger was cut off before it, or written anew`,
    fix: "bring the ledger back from a copy that holds it, and find out who could write there",
  });
}

/** Each attestation that is signed by nobody who may, or that says something else than the records of its promotion. */
function attestationProblems(records: readonly LedgerRecord[], people: readonly Person[]): Fault[] {
  const state = stateOf(records);
  return records.flatMap(({ number, at, entry }): Fault[] => {
    if (entry.kind !== "attestation") return [];
    const what = whyWrong(entry, { at, state, people });
    if (what === undefined) return [];
    const message = `the attestation in record ${number} does not fit its promotion: ${what}`;
    const fix =
      "trust the records, which are whole, and not what was attested; find out who signed it, and why";
    return [{ why: "attestation", number, message, fix }];
  });
}

function whyWrong(
  { promotion: id, envelope }: EntryOf<"attestation">,
  { at, state, people }: { at: string; state: DeliveryState; people: readonly Person[] },
): string | undefined {
  try {
    const { by, statement } = verifyAttestation(envelope, people);
    const barred = whyNotEntitled(by, { role: WRITER, at });
    if (barred !== undefined) return barred;
    const promotion = state.promotions.get(id);
    const release = promotion && state.releases.get(promotion.release)?.release;
    if (!promotion || !release) return "there is no such promotion, or none of its release";
    // What has not ended yet is not contradicted by a result.
    const says = statement.predicate.verificationResult === "PASSED";
    const passed = promotion.ended ? promotion.ended.outcome === "promoted" : says;
    return contradiction(statement, { release, environment: promotion.environment, passed });
  } catch (error) {
    if (error instanceof SignatureError) return error.message;
    throw error;
  }
}
