import { basename } from "node:path";
import type { Decided } from "../gate/decide.ts";
import type { EntryOf } from "../ledger/entry.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { stateOf } from "./state.ts";

/**
 * Has the ledger say what a gate decided on one of its releases: from then on `mayEnter` knows it. `gate`: its name alone. Returns false, and writes
 * nothing, where what was judged is no release of the ledger, by its whole digest.
 */
export async function recordGateDecision(
  ledger: Ledger,
  { gate, decided }: { gate: string; decided: Decided },
): Promise<boolean> {
  const { decision, subject, record } = decided;
  const { release, environment } = subject;
  let isOfLedger = false;
  await ledger.add(({ records }): EntryOf<"gate"> | undefined => {
    isOfLedger = release !== undefined && stateOf(records).releases.has(release);
    if (release === undefined || !isOfLedger) return undefined;
    const { verdict, blocks } = decision;
    const digest = `sha256:${basename(record, ".json")}`;
    return { kind: "gate", release, environment, gate, verdict, blocks, record: digest };
  });
  return isOfLedger;
}
