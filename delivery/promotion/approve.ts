import { digestOf } from "../gate/record.ts";
import type { Ledger, ReadLedger } from "../ledger/ledger.ts";
import { type Agreement, readAgreement, sameness } from "./approval.ts";
import { whyNotCounted } from "./asked-of-people.ts";
import { entryFacts } from "./facts.ts";
import { askingOf } from "./may-enter.ts";
import type { EntryFacts, GivenFacts } from "./requirement.ts";
import { stateOf } from "./state.ts";

/** A signed text that somebody hands in, and what they say it is for. */
export interface HandedIn {
  kind: Agreement["kind"];
  text: string;
  release: string;
  environment: string;
  at: Date;
}

/** Of a reason, in characters: it may quote what was handed in. */
const LONGEST = 500;

/**
 * Puts an approval or an override into the ledger, or, where it does not count, that it was refused and why. Gives the reasons: none where it is in. Throws what
 * the ledger throws, as where whoever hands it in may not write there.
 */
export async function handIn(
  ledger: Ledger,
  { given, handed }: { given: GivenFacts; handed: HandedIn },
): Promise<string[]> {
  let reasons: string[] = [];
  await ledger.add(async (read) => {
    reasons = (await whyRefused(handed, await entryFacts(read, given))).map((one) => one.slice(0, LONGEST));
    const { kind, text, release, environment } = handed;
    if (reasons.length > 0)
      return { kind: "refusal", what: kind, release, environment, reasons, given: digestOf(text) };
    return kind === "approval"
      ? { kind, release, environment, approval: text }
      : { kind, release, environment, override: text };
  });
  return reasons;
}

/** Why what is handed in does not count; empty where it does. */
export async function whyRefused(handed: HandedIn, facts: EntryFacts): Promise<string[]> {
  const read = await readAgreement(handed.kind, handed.text, facts);
  if ("isVoidBecause" in read) return [read.isVoidBecause];
  const { release, environment, at } = handed;
  const others = [
    ...(read.release === release ? [] : [`it is for the release ${read.release}, and not for ${release}`]),
    ...(read.environment === environment
      ? []
      : [`it is for ${read.environment}, and not for ${environment}`]),
  ];
  if (others.length > 0) return others;
  const state = stateOf(facts.ledger.records);
  const by = lastToAsk(facts.ledger, { release, environment });
  const asking = askingOf({ release, environment, at, by }, { facts, state });
  if (asking === undefined) return [`there is no ${release} to enter ${environment}`];
  const roles = rolesOf(handed.kind, asking.stop);
  if (!roles.includes(read.role))
    return [`${environment} asks for ${roles.join(", ") || "nobody"}, and not for ${read.role}`];
  const known = facts.agreements.find((one) => sameness(one) === sameness(read));
  const why = whyNotCounted(known ?? read, asking);
  if (why !== undefined) return [why];
  return known === undefined ? [] : [`it is in the ledger already, as record ${known.number}`];
}

/** The roles that an environment asks for, on the usual way and on that of hotfixes, or for an override. */
export function rolesOf(
  kind: Agreement["kind"],
  { approvals, hotfix, override }: EntryFacts["promotion"]["stops"][number],
): string[] {
  if (kind === "override") return override ? [override.role] : [];
  return [...new Set([...approvals, ...(hotfix?.approvals ?? [])].map(({ role }) => role))];
}

/** Who was the last to ask for it in vain, or is bringing it in: the requester, as far as the ledger can say. */
function lastToAsk(
  { records }: ReadLedger,
  { release, environment }: { release: string; environment: string },
): string | undefined {
  return records.findLast(
    ({ entry }) =>
      ((entry.kind === "refusal" && entry.what === "promotion") || entry.kind === "begun") &&
      entry.release === release &&
      entry.environment === environment,
  )?.by;
}
