import type { Agent } from "../domain/agent.ts";
import type { DomainEvent } from "../domain/event.ts";

/** An agent is lost when it sent no heartbeat for this long: 30 s, as Nexus' metrics say. */
export const LEASE_SECONDS = 30;
/** How often an agent says that it lives: two heartbeats may get lost. */
export const HEARTBEAT_SECONDS = 10;
/** A step that this many agents were lost with fails: it may be what kills them. */
export const LOSSES_OF_A_STEP = 3;

/** A step that an agent does now. */
export interface HeldStep {
  /** RUN/STEP/ATTEMPT. */
  key: string;
  agent: string;
  /** Agents that were lost with this step before. */
  losses: readonly string[];
}

/** What the agents' watch remembers from one look to the next. */
export interface Watch {
  /** Since when it has looked often enough; heartbeats that came before are judged as if they had come then. */
  since: number;
  lookedAt: number;
  /** Lost agents, by id with their type, for which no other has come yet. */
  unreplaced: Readonly<Record<string, string>>;
}

/** What is to be done about agents that were lost. */
export interface Losses {
  /** Their ids; each has to register again before it gets anything. */
  lost: string[];
  /** Steps that are given to others under a new key; the loss does not count as one of the step's own attempts. */
  again: { key: string; losses: string[] }[];
  /** Steps that have outlived too many agents, and fail. */
  failed: string[];
  /** Types of which an agent is to be started, one entry for each lost one. */
  spawn: string[];
  events: DomainEvent[];
  watch: Watch;
}

/** A watch that begins now: whoever is registered has a whole lease to give a sign of life. */
export function beginWatch(now: number): Watch {
  return { since: now, lookedAt: now, unreplaced: {} };
}

/**
 * Finds the agents that are lost and says what becomes of their steps. Times are the clock's of whoever stores the heartbeats. A watch that
 * itself was away for longer than a third of the lease (a stopped process, a clock that jumped) begins anew instead of calling everyone lost.
 */
export function lookForLosses(
  watch: Watch,
  { agents, held }: { agents: readonly Agent[]; held: readonly HeldStep[] },
  { now, leaseSeconds = LEASE_SECONDS }: { now: number; leaseSeconds?: number },
): Losses {
  const lease = leaseSeconds * 1_000;
  const wasAway = now < watch.lookedAt || now - watch.lookedAt > lease / 3;
  const since = wasAway ? now : watch.since;
  const lost = agents.filter(
    ({ state, heartbeatAt }) => state !== "lost" && now - Math.max(since, Date.parse(heartbeatAt)) > lease,
  );
  const ids = new Set(lost.map(({ id }) => id));
  const steps = held
    .filter(({ agent }) => ids.has(agent))
    .map(({ key, agent, losses }) => ({ key, losses: [...losses, agent] }));
  return {
    lost: [...ids],
    again: steps.filter(({ losses }) => losses.length < LOSSES_OF_A_STEP),
    failed: steps.filter(({ losses }) => losses.length >= LOSSES_OF_A_STEP).map(({ key }) => key),
    spawn: lost.filter(({ state }) => state !== "draining").map(({ type }) => type),
    events: lost.map(({ id, type }) => ({ type: "agent.lost", agentId: id, agentType: type })),
    watch: { since, lookedAt: now, unreplaced: { ...watch.unreplaced, ...toReplace(lost) } },
  };
}

function toReplace(lost: readonly Agent[]): Record<string, string> {
  const wanted = lost.filter(({ state }) => state !== "draining");
  return Object.fromEntries(wanted.map(({ id, type }) => [id, type]));
}

/** Takes an agent that registers as the replacement of one of its type that was lost; itself come back counts as well. */
export function replaceLost(
  watch: Watch,
  { id, type }: Pick<Agent, "id" | "type">,
): { watch: Watch; events: DomainEvent[] } {
  const waiting = Object.keys(watch.unreplaced).filter((other) => watch.unreplaced[other] === type);
  const replaced = waiting.includes(id) ? id : waiting[0];
  if (replaced === undefined) return { watch, events: [] };
  const { [replaced]: _, ...unreplaced } = watch.unreplaced;
  return {
    watch: { ...watch, unreplaced },
    events: [{ type: "agent.replaced", agentId: replaced, agentType: type }],
  };
}

/** Whether an answer counts: only from the agent that holds the step under this key now, so that one who was given up cannot answer late. */
export function isCurrent(answer: { key: string; agent: string }, held: readonly HeldStep[]): boolean {
  return held.some(({ key, agent }) => key === answer.key && agent === answer.agent);
}
