// Whether a ledger is as it was written: each record, and the end.
import { z } from "zod";
import { canonicalJson } from "../../model/canonical-json.ts";
import { digestOf } from "../gate/record.ts";
import { whyNotEntitled } from "../signing/people.ts";
import { SignatureError, verifyApart } from "../signing/signature.ts";
import type { Person } from "../signing/signer.ts";
import { CLOCK_SKEW_SECONDS } from "./clock-skew.ts";
import type { Fault } from "./fault.ts";
import { HEAD_TYPE, type StoredHead, storedHead } from "./head.ts";
import { BEGIN, type LedgerRecord, ledgerRecord } from "./record.ts";

/** As what a record is signed. */
export const RECORD_TYPE = "fairlead-record+jws";
/** The role of whoever may write ledgers. */
export const WRITER = "promoter";

const storedRecord = z.strictObject({ record: ledgerRecord, signature: z.string() });

/** Whose ledger it is, and who may write it. */
export interface ChainContext {
  platform: string;
  people: readonly Person[];
  /** Where a record is, for a person. */
  where(number: number): string;
}

/** A record in its place, with the digest of its text, and the latest time so far (milliseconds). */
export interface Link {
  record: LedgerRecord;
  text: string;
  digest: string;
  latest: number;
}

/** What was a fault, so that it can be thrown from where it is seen. */
class ChainFault extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(fault.message);
    this.fault = fault;
  }
}

/**
 * Adds the records of `texts` to `chain`, which holds those before them, as long as each is what was written there: readable, canonical, of this
 * ledger, signed by somebody who may, of the number it stands at, following the one before, and not earlier than it by more than 60 s. The
 * first that is not is the fault.
 */
export async function follow(
  chain: Link[],
  texts: readonly string[],
  context: ChainContext,
): Promise<Fault | undefined> {
  for (const text of texts) {
    try {
      chain.push(await linkOf(text, chain, context));
    } catch (error) {
      if (error instanceof ChainFault) return error.fault;
      throw error;
    }
  }
  return undefined;
}

async function linkOf(text: string, chain: readonly Link[], context: ChainContext): Promise<Link> {
  const number = chain.length + 1;
  const subject = `record ${number} (${context.where(number)})`;
  const fail = (why: Fault["why"], what: string, fix: string): never => {
    throw new ChainFault({ why, number, message: `${subject} ${what}`, fix });
  };
  const { record, signature } = read(text, (what) => fail("altered", what, RESTORE));
  const { ledger, previous, at } = record;
  if (ledger !== context.platform)
    fail("out-of-place", `is of the ledger of "${ledger}", not of "${context.platform}"`, RESTORE);
  const by = await writerOf({ record, signature }, context.people, fail);
  if (by.kid !== record.by)
    fail("altered", `says it is by ${record.by}, and is signed by ${by.kid}`, RESTORE);
  if (record.number !== number) fail("out-of-place", misplaced(record.number, chain, context), RESTORE);
  const before = chain.at(-1);
  if (previous !== (before?.digest ?? BEGIN)) {
    const what =
      number === 1
        ? "follows another, and is the first"
        : `does not follow record ${number - 1} as it is now`;
    fail("out-of-place", `${what}: one of the two was put in the place of another`, RESTORE);
  }
  const barred = whyNotEntitled(by, { role: WRITER, at });
  if (barred !== undefined) fail("not-entitled", `is by somebody who may not write: ${barred}`, ENTITLE);
  const latest = Math.max(before?.latest ?? 0, Date.parse(at));
  if (Date.parse(at) < latest - CLOCK_SKEW_SECONDS * 1000)
    fail("clock", `is of ${at}, and one before it of ${new Date(latest).toISOString()}`, RESTORE);
  return { record, text, digest: digestOf(text), latest };
}

const RESTORE =
  "nothing of a ledger is ever changed: bring it back as it was from a copy, and find out who could write there";
const ENTITLE =
  "whoever looks after approvers.json gives the key its role; a key that is given up gets an `until`, and is not taken out";

function read(text: string, fail: (what: string) => never) {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    fail(text.trim() === "" ? "is empty" : "is torn, or no JSON");
  }
  const parsed = storedRecord.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return fail(`is no record: ${issue?.path.join(".") || "it"}: ${issue?.message}`);
  }
  // As it was written, not as it was understood: nothing may hide in a text.
  if (`${canonicalJson(value as object)}\n` !== text) fail("is not written as records are");
  return parsed.data;
}

async function writerOf(
  { record, signature }: { record: LedgerRecord; signature: string },
  people: readonly Person[],
  fail: (why: Fault["why"], what: string, fix: string) => never,
): Promise<Person> {
  try {
    return await verifyApart({ payload: record, signature }, people, RECORD_TYPE);
  } catch (error) {
    if (!(error instanceof SignatureError)) throw error;
    if (error.why === "unknown-key")
      return fail("not-entitled", `is by nobody of the project: ${error.message}`, ENTITLE);
    return fail("altered", `is not as it was signed: ${error.message}`, RESTORE);
  }
}

function misplaced(found: number, chain: readonly Link[], { where }: ChainContext): string {
  if (found > chain.length + 1) return `is missing: record ${found} stands in its place`;
  return `is missing: record ${found} (${where(found)}) stands there again`;
}

/** What a head says of a chain: a fault, or whether it is one behind, as a crash between record and head leaves it. */
export async function judgeHead(
  text: string | undefined,
  chain: readonly Link[],
  context: ChainContext,
): Promise<{ fault?: Fault; isBehind: boolean }> {
  // The first record's head was never written: no other is without one.
  if (text === undefined)
    return chain.length > 1 ? faulty("the ledger has no head") : { isBehind: chain.length === 1 };
  const stored = readHead(text);
  if (typeof stored === "string") return faulty(stored);
  const said = await whyHeadFails(stored, context);
  if (said !== undefined) return faulty(said);
  const { number, digest } = stored.head;
  if (number > chain.length) return { fault: cutOff(chain.length, number, context), isBehind: false };
  if (number < chain.length - 1)
    return faulty(`the head is of record ${number}, and there are ${chain.length}`);
  if (chain[number - 1]?.digest !== digest) {
    const message = `record ${number} (${context.where(number)}) is not the one that the head signs`;
    return { fault: { why: "out-of-place", number, message, fix: RESTORE }, isBehind: false };
  }
  return { isBehind: number < chain.length };
}

/** A ledger that ends before it did. */
export function cutOff(length: number, number: number, { where }: ChainContext): Fault {
  const first = length + 1;
  const message = `record ${first} (${where(first)}) is missing, of a ledger of ${number}`;
  return { why: "cut-off", number: first, message, fix: RESTORE };
}

function faulty(message: string): { fault: Fault; isBehind: boolean } {
  return { fault: { why: "head", message, fix: RESTORE }, isBehind: false };
}

function readHead(text: string): StoredHead | string {
  try {
    const stored = storedHead.parse(JSON.parse(text));
    if (`${canonicalJson(stored)}\n` === text) return stored;
    return "the head is not written as heads are";
  } catch {
    return "the head is torn, or no head";
  }
}

async function whyHeadFails(
  { head, signature }: StoredHead,
  { platform, people }: ChainContext,
): Promise<string | undefined> {
  if (head.ledger !== platform) return `the head is of the ledger of "${head.ledger}", not of "${platform}"`;
  try {
    const by = await verifyApart({ payload: head, signature }, people, HEAD_TYPE);
    const barred = whyNotEntitled(by, { role: WRITER, at: head.at });
    return barred && `the head is by somebody who may not write: ${barred}`;
  } catch (error) {
    if (error instanceof SignatureError) return `the head is not as it was signed: ${error.message}`;
    throw error;
  }
}
