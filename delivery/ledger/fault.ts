import { type Problem, ProblemsError } from "../../problems/problem.ts";

const rules = {
  /** Its text is not what was written. */
  altered: "ledger/altered",
  /** It is not the record that belongs there. */
  "out-of-place": "ledger/out-of-place",
  /** Records are missing at the end. */
  "cut-off": "ledger/cut-off",
  /** Who wrote it may not. */
  "not-entitled": "ledger/not-entitled",
  clock: "ledger/clock",
  /** What signs the end does not fit. */
  head: "ledger/head",
  attestation: "ledger/attestation",
  /** An approval or override that nobody signed as it is recorded. */
  agreement: "ledger/agreement",
  /** Nothing can be read or written there. */
  unavailable: "ledger/unavailable",
  contended: "ledger/contended",
} as const;

/** What can be wrong with a ledger. */
export type LedgerFault = keyof typeof rules;

/** One thing that is wrong with a ledger; `number` is the record that it is seen at first. */
export interface Fault {
  why: LedgerFault;
  message: string;
  fix: string;
  number?: number;
}

/** A fault as everybody is told of it. */
export function ledgerProblem({ why, message, fix, number }: Fault): Problem {
  const path = number === undefined ? {} : { path: `record ${number}` };
  return { rule: rules[why], severity: "error", message, fix, ...path };
}

/** A fault, to be thrown. */
export function ledgerError(fault: Fault): ProblemsError {
  return new ProblemsError([ledgerProblem(fault)]);
}
