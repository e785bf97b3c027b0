import { type Problem, UsageError } from "../../problems/problem.ts";
import { showValue } from "../../problems/show-value.ts";

/** What is looked for in a ledger, in the words of who looks. */
export interface Sought<T> {
  all: readonly T[];
  isMeant: (one: T) => boolean;
  rule: Problem["rule"];
  /** What one is: `release`. */
  what: string;
  /** By what it is named: `digest`. */
  by: string;
  /** What to do where there is none. */
  fix: string;
}

/** The one of a ledger that is named by the begin of its id or digest. Throws a UsageError where there is none, or several. */
export function findByBegin<T>(begin: string, { all, isMeant, rule, what, by, fix }: Sought<T>): T {
  const found = all.filter(isMeant);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const told =
    found.length > 1
      ? {
          message: `${showValue(begin)} is the begin of ${found.length} ${what}s`,
          fix: `write more of its ${by}`,
        }
      : { message: `there is no ${what} ${showValue(begin)}; the ledger has ${all.length}`, fix };
  throw new UsageError([{ rule, severity: "error", ...told }]);
}
