import { type Problem, UsageError } from "../../problems/problem.ts";
import type { ReadLedger } from "../ledger/ledger.ts";
import { stateOf } from "./state.ts";

/** The digest of the release of a ledger that begins as told. Throws a UsageError where there is none, or more than one. */
export function releaseOf({ records }: ReadLedger, told: string): string {
  const begin = told.startsWith("sha256:") ? told : `sha256:${told}`;
  const all = [...stateOf(records).releases.keys()];
  const found = all.filter((digest) => digest.startsWith(begin));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw new UsageError([found.length === 0 ? unknown(told) : ambiguous(told, found)]);
}

function unknown(told: string): Problem {
  return {
    rule: "promotion/unknown-release",
    severity: "error",
    message: `the ledger has no release ${told}`,
    fix: "see those that there are: fairlead releases, fairlead release list",
  };
}

function ambiguous(told: string, found: readonly string[]): Problem {
  return {
    rule: "promotion/unknown-release",
    severity: "error",
    message: `${found.length} releases begin with ${told}`,
    fix: `give more of the digest: ${found.join(", ")}`,
  };
}
