import { type Candidate, placeSteps, type ReadyStep } from "./place-steps.ts";

/** Where the agents are kept; several processes may share it. */
export interface AgentRegistry {
  /** All agents that are registered now. */
  agents(): Promise<readonly Omit<Candidate, "idleSince">[]>;
  /** Takes one place of an agent; false when another process was quicker or the agent is gone. */
  occupy(agent: string): Promise<boolean>;
  /** Gives a place back; tries again by itself what can be tried again. */
  release(agent: string): Promise<void>;
}

/** An agent that was given a step; it is free again after `release`. */
export interface Place {
  agent: string;
  release(): void;
}

export interface AgentPool {
  /** Waits until an agent that fits has taken the step; rejects with the signal's reason when that stops it. */
  place(step: ReadyStep, signal: AbortSignal): Promise<Place>;
  /** Agents came, left or became free elsewhere: waiting steps are tried again. */
  wake(): void;
  /** Steps that wait, in their order; those that no agent could do, however idle. */
  waiting(): { key: string; unmatched: boolean }[];
}

export interface PoolOptions {
  now: () => number;
  onError: (error: Error) => void;
}

/**
 * Gives steps to agents of a registry by `placeSteps`, first come first served; a place that another process took first is looked for again. Whoever
 * holds the pool wakes it now and then, since agents of other processes become free without a word.
 */
export function agentPool(registry: AgentRegistry, options: PoolOptions): AgentPool {
  const pool: Pool = {
    ...options,
    registry,
    waiting: new Set(),
    idleSince: new Map(),
    isWanted: false,
    isBusy: false,
  };
  return {
    wake: () => void wake(pool),
    waiting: () => [...pool.waiting].map(({ step, unmatched }) => ({ key: step.key, unmatched })),
    place: (step, signal) => new Promise((taken, refused) => wait(pool, { step, signal, taken, refused })),
  };
}

interface Asked {
  step: ReadyStep;
  signal: AbortSignal;
  taken: (place: Place) => void;
  refused: (reason: unknown) => void;
}

interface Waiting extends Asked {
  unmatched: boolean;
}

interface Pool extends PoolOptions {
  registry: AgentRegistry;
  waiting: Set<Waiting>;
  /** Of agents that had a step of this pool; the others have been idle longer. */
  idleSince: Map<string, number>;
  /** Something changed since the last round began. */
  isWanted: boolean;
  isBusy: boolean;
}

function wait(pool: Pool, asked: Asked): void {
  const { signal } = asked;
  const stop = () => {
    if (pool.waiting.delete(one)) asked.refused(signal.reason);
  };
  const taken = (place: Place) => {
    signal.removeEventListener("abort", stop);
    asked.taken(place);
  };
  const one = { ...asked, taken, unmatched: false };
  pool.waiting.add(one);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  void wake(pool);
}

async function wake(pool: Pool): Promise<void> {
  pool.isWanted = true;
  if (pool.isBusy) return;
  pool.isBusy = true;
  while (pool.isWanted && pool.waiting.size > 0) {
    pool.isWanted = false;
    await placeWaiting(pool).catch(pool.onError);
  }
  pool.isBusy = false;
}

async function placeWaiting(pool: Pool): Promise<void> {
  const agents = await pool.registry.agents();
  const candidates = agents.map((agent) => ({ ...agent, idleSince: pool.idleSince.get(agent.id) ?? 0 }));
  const waiting = [...pool.waiting];
  const { placed, unmatched } = placeSteps(
    waiting.map(({ step }) => step),
    candidates,
  );
  const agentOf = new Map(placed.map(({ key, agent }) => [key, agent]));
  for (const one of waiting) {
    one.unmatched = unmatched.includes(one.step.key);
    const agent = agentOf.get(one.step.key);
    if (agent !== undefined && pool.waiting.has(one)) await take(pool, one, agent);
  }
}

async function take(pool: Pool, one: Waiting, agent: string): Promise<void> {
  if (!(await pool.registry.occupy(agent))) {
    pool.isWanted = true;
    return;
  }
  let isHeld = true;
  const release = () => {
    if (!isHeld) return;
    isHeld = false;
    pool.idleSince.set(agent, pool.now());
    pool.registry.release(agent).then(() => wake(pool), pool.onError);
  };
  // It may have been stopped while its place was being taken.
  if (pool.waiting.delete(one)) one.taken({ agent, release });
  else release();
}
