import type { Agent } from "../domain/agent.ts";

/** An agent is lost when it sent no heartbeat for this long: 30 s, as Nexus' metrics say. */
export const LEASE_SECONDS = 30;
/** How often an agent says that it lives: two heartbeats may get lost. */
export const HEARTBEAT_SECONDS = 10;
/** A step that this many agents were lost with fails: it may be what kills them. */
export const LOSSES_OF_A_STEP = 3;

/** What the agents' watch remembers from one look to the next. */
export interface Watch {
  /** Since when it has looked often enough; heartbeats that came before are judged as if they had come then. */
  since: number;
  lookedAt: number;
}

/** A watch that begins now: whoever is registered has a whole lease to give a sign of life. */
export function beginWatch(now: number): Watch {
  return { since: now, lookedAt: now };
}

/**
 * Finds the agents that are lost. Times are the clock's of whoever stores the heartbeats. A watch that itself was away for longer than a third
 * of the lease (a stopped process, a clock that jumped) begins anew instead of calling everyone lost.
 */
export function lookForLosses(
  watch: Watch,
  agents: readonly Pick<Agent, "id" | "heartbeatAt">[],
  { now, leaseSeconds = LEASE_SECONDS }: { now: number; leaseSeconds?: number },
): { lost: string[]; watch: Watch } {
  const lease = leaseSeconds * 1_000;
  const wasAway = now < watch.lookedAt || now - watch.lookedAt > lease / 3;
  const since = wasAway ? now : watch.since;
  const lost = agents.filter(({ heartbeatAt }) => now - Math.max(since, Date.parse(heartbeatAt)) > lease);
  return { lost: lost.map(({ id }) => id), watch: { since, lookedAt: now } };
}
