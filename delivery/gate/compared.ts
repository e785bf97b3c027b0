import type { AcceptedRun, GateInputs, Policy } from "./decision.ts";
import { quantile } from "./quantile.ts";

/** What a relative criterion of an objective compares with. */
export interface Compared {
  value: number;
  aggregate: string;
  /** Ids of the runs that it is made of, the newest first. */
  runs: string[];
}

/**
 * The comparison value of an objective: the pinned reference run's, or an aggregate of the last accepted runs that have one. Undefined where
 * there is none. Runs after the decision do not count: a replay must not see them.
 */
export function comparedWith(
  objective: string,
  { compare }: Pick<Policy, "compare">,
  { at, accepted }: Pick<GateInputs, "at" | "accepted">,
): Compared | undefined {
  const known = accepted.filter(
    (run) => Number.isFinite(run.values[objective]) && Date.parse(run.at) <= Date.parse(at),
  );
  if (compare.reference !== undefined) {
    const pinned = known.find(({ id }) => id === compare.reference);
    return pinned && { ...aggregated([pinned], objective, "avg"), aggregate: "reference" };
  }
  const newest = [...known].sort(newestFirst).slice(0, compare.runs);
  return newest.length === 0 ? undefined : aggregated(newest, objective, compare.aggregate);
}

function newestFirst(a: AcceptedRun, b: AcceptedRun): number {
  return Date.parse(b.at) - Date.parse(a.at) || (a.id < b.id ? -1 : 1);
}

function aggregated(
  runs: readonly AcceptedRun[],
  objective: string,
  aggregate: Policy["compare"]["aggregate"],
): Compared {
  const values = runs.map((run) => run.values[objective] as number);
  const value =
    aggregate === "avg"
      ? values.reduce((sum, one) => sum + one, 0) / values.length
      : quantile(values, Number(aggregate.slice(1)) / 100);
  return { value, aggregate, runs: runs.map(({ id }) => id) };
}
