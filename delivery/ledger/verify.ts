// What `fairlead verify` looks for, beyond what every reading of a ledger refuses.
import { contradiction, verifyAttestation } from "../attestation/attest.ts";
import { readAgreement } from "../promotion/approval.ts";
import { LONGEST_APPROVAL_SECONDS } from "../promotion/asked-of-people.ts";
import { type DeliveryState, stateOf } from "../promotion/state.ts";
import { whyNotEntitled } from "../signing/people.ts";
import { SignatureError } from "../signing/signature.ts";
import type { Person } from "../signing/signer.ts";
import { WRITER } from "./chain.ts";
import { CLOCK_SKEW_SECONDS } from "./clock-skew.ts";
import type { EntryOf } from "./entry.ts";
import { type Fault, ledgerError } from "./fault.ts";
import type { Ledger, ReadLedger } from "./ledger.ts";
import type { LedgerRecord } from "./record.ts";

/** What was verified. */
export interface Verified extends ReadLedger {
  /** Approvals and overrides. */
  agreements: number;
  attestations: number;
}

/**
 * Reads a ledger whole, with every check that reading makes; that it holds the record whose digest is `head`, where one is named; that each
 * approval and override in it was signed by whom it names, for what it is recorded for, and counted then; and that each attestation says what
 * the records say. Throws a ProblemsError that names the first record that is wrong.
 */
export async function verifyLedger(
  ledger: Ledger,
  { people, head }: { people: readonly Person[]; head?: string },
): Promise<Verified> {
  const read = await ledger.read();
  if (head !== undefined) refuseOther(read, head);
  const found = [
    ...(await agreementProblems(read.records, people)),
    ...attestationProblems(read.records, people),
  ];
  const [first] = found.sort((a, b) => (a.number ?? 0) - (b.number ?? 0));
  if (first) throw ledgerError(first);
  const counted = (...kinds: string[]) =>
    read.records.filter(({ entry }) => kinds.includes(entry.kind)).length;
  return { ...read, agreements: counted("approval", "override"), attestations: counted("attestation") };
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

/** Each approval and override that nobody has signed as it is recorded. */
async function agreementProblems(
  records: readonly LedgerRecord[],
  people: readonly Person[],
): Promise<Fault[]> {
  const found = await Promise.all(
    records.map(async (record): Promise<Fault[]> => {
      const { entry, number } = record;
      if (entry.kind !== "approval" && entry.kind !== "override") return [];
      const what = await whyNotAgreed(record, entry, people);
      if (what === undefined) return [];
      const message = `the ${entry.kind} in record ${number} does not count: ${what}`;
      const fix = `trust no promotion that rests on it (fairlead history --env ${entry.environment}); find out who recorded it (${record.by}), and why`;
      return [{ why: "agreement", number, message, fix }];
    }),
  );
  return found.flat();
}

/** Roles are not asked: they are of now, and whoever changes the job loses them rightly. */
async function whyNotAgreed(
  { at, ledger }: LedgerRecord,
  entry: EntryOf<"approval"> | EntryOf<"override">,
  people: readonly Person[],
): Promise<string | undefined> {
  const text = entry.kind === "approval" ? entry.approval : entry.override;
  const read = await readAgreement(entry.kind, text, { people });
  if ("isVoidBecause" in read) return read.isVoidBecause;
  const { by, release, environment, issued, until } = read;
  if (release !== entry.release) return `${by} signed it for the release ${release}`;
  if (environment !== entry.environment) return `${by} signed it for ${environment}`;
  if (read.ledger !== ledger) return `${by} signed it for the ledger of ${read.ledger}`;
  const retired = people.find(({ kid }) => kid === by)?.until;
  const recorded = Date.parse(at);
  if (retired !== undefined && recorded > Date.parse(retired))
    return `the key of ${by} counts until ${retired} alone, and this was recorded at ${at}`;
  const skew = CLOCK_SKEW_SECONDS * 1000;
  if (Date.parse(issued) > recorded + skew)
    return `${by} signed it at ${issued}, after it was recorded (${at})`;
  if (Date.parse(until) < recorded - skew) return `it counted until ${until}, and was recorded at ${at}`;
  const span = Date.parse(until) - Date.parse(issued);
  if (entry.kind === "approval" && span > LONGEST_APPROVAL_SECONDS * 1000)
    return `${by} signed it for longer than it may be`;
  return undefined;
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
