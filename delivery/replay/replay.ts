import type { Model } from "../../model/model.ts";
import type { Policy, Verdict } from "../gate/decision.ts";
import { evaluate } from "../gate/evaluate.ts";
import type { FiledRecord } from "../gate/ledger.ts";
import { lackFinder } from "./lack.ts";

/** A decision that comes out otherwise now. */
export interface Flip {
  id: string;
  /** PLATFORM/GATE. */
  gate: string;
  environment: string;
  release?: string;
  /** ISO 8601, UTC: when it was decided. */
  at: string;
  from: Verdict;
  to: Verdict;
  /** What decides now. */
  because: string;
  /** What stopped then would go on now. */
  letsGo: boolean;
}

/** What a change of policies does to decisions of the past. */
export interface Replay {
  /** How many decisions were judged again. */
  replayed: number;
  /** How many came out so then (outside) and so now (inside). */
  matrix: Record<Verdict, Record<Verdict, number>>;
  /** In the order of the decisions. */
  flips: Flip[];
  /** Decisions that cannot be judged again, and why. */
  notReplayable: { id: string; gate?: string; because: string }[];
}

export const verdicts = ["pass", "warn", "fail", "inconclusive"] as const satisfies readonly Verdict[];

/**
 * Judges the recorded inputs under the policies of the model. Nothing is assumed: a record whose inputs do not say all that the policy
 * asks, or whose own policy does not give its own verdict, is not replayed and told.
 */
export function replay(records: Iterable<FiledRecord>, model: Model): Replay {
  const policies = new Map(
    model.platforms.flatMap(({ name, gates }) =>
      gates.map((gate) => [`${name}/${gate.name}`, gate.policy] as const),
    ),
  );
  const matrix = Object.fromEntries(
    verdicts.map((from) => [from, Object.fromEntries(verdicts.map((to) => [to, 0]))]),
  ) as Replay["matrix"];
  const all: Replay = { replayed: 0, matrix, flips: [], notReplayable: [] };
  const lackOf = lackFinder();
  for (const { id, record } of records) {
    const judged = again(record, { policies, lackOf });
    if ("because" in judged) {
      const gate = "unusable" in record ? {} : { gate: record.gate };
      all.notReplayable.push({ id, ...gate, because: judged.because });
      continue;
    }
    const { from, to } = judged.flip;
    all.replayed += 1;
    matrix[from][to] += 1;
    if (from !== to) all.flips.push({ id, ...judged.flip });
  }
  all.flips.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1));
  return all;
}

function again(
  record: FiledRecord["record"],
  { policies, lackOf }: { policies: ReadonlyMap<string, Policy>; lackOf: ReturnType<typeof lackFinder> },
): { because: string } | { flip: Omit<Flip, "id"> } {
  if ("unusable" in record) return { because: record.unusable };
  const policy = policies.get(record.gate);
  if (!policy) return { because: `there is no gate ${record.gate} any more` };
  const then = evaluate(record.policy, record.inputs).verdict;
  if (then !== record.verdict)
    return { because: `it records ${record.verdict}, and its own policy gives ${then}` };
  const lack = lackOf(record, policy);
  if (lack !== undefined) return { because: lack };
  const { verdict: to, because } = evaluate(policy, record.inputs);
  const { gate, environment, release, inputs } = record;
  const about = { gate, environment, ...(release !== undefined && { release }), at: inputs.at };
  return { flip: { ...about, from: then, to, because, letsGo: stops(then) && !stops(to) } };
}

function stops(verdict: Verdict): boolean {
  return verdict === "fail" || verdict === "inconclusive";
}
