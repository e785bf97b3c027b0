import type { EntryAnswer, EntryFacts, EntryRequest } from "./requirement.ts";

/**
 * Whether a release may enter an environment, and why: the one answer for promote, why-not, approve, releases and rollback. A pure function of
 * what is given: the same facts, the same answer. A rollback is asked neither for soak, gates, approvals and prerequisites nor about freezes and holds, but
 * goes only to a release that was verified there.
 */
export function mayEnter(_request: EntryRequest, _facts: EntryFacts): EntryAnswer {
  return { may: false, asked: [], way: "usual", pending: "evidence" };
}
