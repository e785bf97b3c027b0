import type { Agent } from "../domain/agent.ts";

/** A step that is ready, of a run that has started. */
export interface ReadyStep {
  /** RUN/STEP/ATTEMPT. */
  key: string;
  agentType: string;
  capabilities: readonly string[];
  /** Agents that must not get it: they were lost with it before. */
  exclude?: readonly string[];
  /** Shared by steps that different agents must do, such as the votes at one gate: who has got one of them. */
  apart?: ReadonlySet<string>;
}

/** What of an agent decides whether it gets a step. */
export interface Candidate
  extends Pick<Agent, "id" | "type" | "capabilities" | "capacity" | "load" | "state"> {
  /** When it last finished a step, or registered; milliseconds since 1970. */
  idleSince: number;
}

export interface Placements {
  placed: { key: string; agent: string }[];
  /** Steps that wait until an agent that could do them has room. */
  waiting: string[];
  /** Steps that no agent which is there could do, however idle: one must register or be spawned. */
  unmatched: string[];
}

/**
 * Gives steps to agents, in the order of the steps (NX-5). An agent fits when its type is the step's and it has all the capabilities
 * that the step asks for. Of those with room the least loaded gets it (load as a share of its capacity), of equally loaded ones the one
 * that has been idle longest, then by id. Agents that are draining or lost get nothing; of steps that are to be done apart an agent gets one.
 */
export function placeSteps(ready: readonly ReadyStep[], agents: readonly Candidate[]): Placements {
  const present = agents.filter(({ state }) => state === "idle" || state === "busy");
  const byType = new Map<string, Candidate[]>();
  for (const agent of present) byType.set(agent.type, [...(byType.get(agent.type) ?? []), { ...agent }]);
  const placements: Placements = { placed: [], waiting: [], unmatched: [] };
  const apart = new Map<ReadonlySet<string>, Set<string>>();
  for (const step of ready) {
    const fitting = (byType.get(step.agentType) ?? []).filter((agent) => fits(agent, step));
    const others = (step.apart && apart.get(step.apart)) ?? new Set(step.apart);
    if (step.apart) apart.set(step.apart, others);
    const chosen = fitting
      .filter(({ id, load, capacity }) => load < capacity && !others.has(id))
      .reduce(sooner, undefined);
    if (chosen) {
      chosen.load += 1;
      others.add(chosen.id);
      placements.placed.push({ key: step.key, agent: chosen.id });
    } else (fitting.length > 0 ? placements.waiting : placements.unmatched).push(step.key);
  }
  return placements;
}

function fits({ id, capabilities }: Candidate, step: ReadyStep): boolean {
  return step.capabilities.every((needed) => capabilities.includes(needed)) && !step.exclude?.includes(id);
}

function sooner(best: Candidate | undefined, other: Candidate): Candidate {
  if (!best) return other;
  const [a, b] = [best.load / best.capacity, other.load / other.capacity];
  if (a !== b) return a < b ? best : other;
  if (best.idleSince !== other.idleSince) return best.idleSince < other.idleSince ? best : other;
  return best.id < other.id ? best : other;
}
