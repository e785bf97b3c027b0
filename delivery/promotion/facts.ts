import type { ReadLedger } from "../ledger/ledger.ts";
import { agreementsOf } from "./approval.ts";
import type { EntryFacts, GivenFacts } from "./requirement.ts";

/** All that the answer depends on, of a ledger as it was just read: what people signed is verified by their keys as they are now. */
export async function entryFacts(ledger: ReadLedger, given: GivenFacts): Promise<EntryFacts> {
  return { ...given, ledger, agreements: await agreementsOf(ledger.records, given.people) };
}
