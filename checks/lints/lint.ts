import type { Place } from "../../model/problems.ts";
import type { Expr } from "../../model/promql/tree.ts";
import type { Severity } from "../../problems/problem.ts";
import type { ReadQuery, Subject } from "./subject.ts";

/** What a lint has to say of one place. */
export interface Finding {
  place: Place;
  /** One sentence with the offending value. */
  message: string;
  /** One sentence: what to write instead. */
  fix: string;
}

/** Something valid that experience says is wrong; each is a file of this folder, with a page in `docs/rules/lint/`. */
export interface Lint {
  rule: string;
  severity: Severity;
  /** True when it looks at environments: of some of them only, not everything that is allowed can be seen. */
  perEnvironment?: boolean;
  /** What it finds in one platform. */
  look(subject: Subject): Finding[];
}

/** What is to be said of a part of a query. */
export type Remark = Pick<Finding, "message" | "fix"> & {
  /** Where in the query, if not at the part's beginning. */
  from?: number;
};

/** A finding at each part of a query of which `say` has something to say. */
export function inQueries(
  { queries }: Pick<Subject, "queries">,
  say: (part: Expr, query: ReadQuery) => Remark | undefined,
): Finding[] {
  return queries.flatMap((query) =>
    query.parts.flatMap((part) => {
      const remark = say(part, query);
      if (!remark) return [];
      const { from = part.from, ...told } = remark;
      return [{ place: { ...query.place, offset: from }, ...told }];
    }),
  );
}
