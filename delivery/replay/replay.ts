import type { Model, Platform } from "../../model/model.ts";
import type { Policy, Verdict } from "../gate/decision.ts";
import { evaluate } from "../gate/evaluate.ts";
import type { FiledRecord } from "../gate/ledger.ts";
import { lackFinder } from "./lack.ts";

/** A decision that comes out otherwise now: another verdict, or the same one that no longer stops the release, or stops it now. */
export interface Flip {
  id: string;
  /** PLATFORM/GATE. */
  gate: string;
  environment: string;
  release?: string;
  /** What the gate's objectives measure: services of SLOs and of load profiles, by name. Other objectives are of the platform as a whole. */
  services: string[];
  /** ISO 8601, UTC: when it was decided. */
  at: string;
  from: Verdict;
  to: Verdict;
  /** Whether the release had to stay then, and has to now: by the gate's level and overrides, whatever the verdict. */
  stayed: boolean;
  stays: boolean;
  /** What decides now. */
  because: string;
  /** What stopped then would go on now: the verdict lets it, or the gate does. */
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
  const gates: Gates = new Map(
    model.platforms.flatMap((platform) =>
      platform.gates.map(({ name, policy }) => {
        const services = servicesOf(policy, platform);
        return [`${platform.name}/${name}`, { policy, services }] as const;
      }),
    ),
  );
  const matrix = Object.fromEntries(
    verdicts.map((from) => [from, Object.fromEntries(verdicts.map((to) => [to, 0]))]),
  ) as Replay["matrix"];
  const all: Replay = { replayed: 0, matrix, flips: [], notReplayable: [] };
  const lackOf = lackFinder();
  for (const { id, record } of records) {
    const judged = again(record, { gates, lackOf });
    if ("because" in judged) {
      const gate = "unusable" in record ? {} : { gate: record.gate };
      all.notReplayable.push({ id, ...gate, because: judged.because });
      continue;
    }
    const { from, to } = judged.flip;
    all.replayed += 1;
    matrix[from][to] += 1;
    const { stayed, stays } = judged.flip;
    if (from !== to || stayed !== stays) all.flips.push({ id, ...judged.flip });
  }
  all.flips.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1));
  return all;
}

function again(
  record: FiledRecord["record"],
  { gates, lackOf }: { gates: Gates; lackOf: ReturnType<typeof lackFinder> },
): { because: string } | { flip: Omit<Flip, "id"> } {
  if ("unusable" in record) return { because: record.unusable };
  const known = gates.get(record.gate);
  if (!known) return { because: `there is no gate ${record.gate} any more` };
  const { policy, services } = known;
  const then = evaluate(record.policy, record.inputs);
  const from = then.verdict;
  if (from !== record.verdict)
    return { because: `it records ${record.verdict}, and its own policy gives ${from}` };
  const lack = lackOf(record, policy);
  if (lack !== undefined) return { because: lack };
  const { verdict: to, because, blocks } = evaluate(policy, record.inputs);
  const { gate, environment, release, inputs } = record;
  const about = { gate, environment, ...(release !== undefined && { release }), services, at: inputs.at };
  const letsGo = (stops(from) && !stops(to)) || (then.blocks && !blocks);
  return { flip: { ...about, from, to, stayed: then.blocks, stays: blocks, because, letsGo } };
}

type Gates = ReadonlyMap<string, { policy: Policy; services: string[] }>;

function servicesOf(
  { objectives }: Policy,
  { slos, loadProfiles }: Pick<Platform, "slos" | "loadProfiles">,
): string[] {
  const services = objectives.flatMap(({ indicator }) => {
    if (indicator.kind === "slo") return slos.find(({ name }) => name === indicator.slo)?.service ?? [];
    if (indicator.kind !== "load") return [];
    return loadProfiles.find(({ name }) => name === indicator.profile)?.target.service ?? [];
  });
  return [...new Set(services)].sort();
}

function stops(verdict: Verdict): boolean {
  return verdict === "fail" || verdict === "inconclusive";
}

/** What comes out now, for a person: "pass", or "fail, and goes on" where the verdict alone does not say that. */
export function outcome({ from, to, stayed, stays }: Flip): string {
  const isSaid = stayed === stays || (from !== to && stops(to) === stays);
  return isSaid ? to : `${to}, and ${stays ? "stays" : "goes on"}`;
}
