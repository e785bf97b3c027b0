import { type Candidate, placeSteps, type ReadyStep } from "./place-steps.ts";

/** Where the agents are kept; several processes may share it. */
export interface AgentRegistry {
  /** All agents of these types that are registered now. */
  agents(types: readonly string[]): Promise<readonly Omit<Candidate, "idleSince">[]>;
  /** Takes a place for each key; gives the keys that got theirs: where another process was quicker, or the agent is gone, there is none. */
  occupy(wanted: readonly { key: string; agent: string }[]): Promise<ReadonlySet<string>>;
  /** Gives a place back; tries again by itself what can be tried again. */
  release(key: string): Promise<void>;
}

/** An agent that was given a step; it is free again after `release`. */
export interface Place {
  agent: string;
  release(): void;
}

/** A step that is to be placed, with the set that steps to be done apart share: each agent that gets one of them is added. */
export interface Wanted extends ReadyStep {
  apart?: Set<string>;
}

export interface AgentPool {
  /** Waits until an agent that fits has taken the step; rejects with the signal's reason when that stops it. */
  place(step: Wanted, signal: AbortSignal): Promise<Place>;
  /** Agents came, left or became free elsewhere: waiting steps are tried again. */
  wake(): void;
  /** Steps that wait, in their order; those that no agent could do, however idle. */
  waiting(): { key: string; unmatched: boolean }[];
  /** Places nothing more: what waits goes on waiting. */
  close(): void;
}

export interface PoolOptions {
  now: () => number;
  onError: (error: Error) => void;
}

/**
 * Gives steps to agents of a registry by `placeSteps`, first come first served: all that wait at a moment together, so that a round costs one
 * look at the registry and one change of it. A place that another process took first is looked for again. Whoever holds the pool
 * wakes it now and then, since agents of other processes become free without a word.
 */
export function agentPool(registry: AgentRegistry, options: PoolOptions): AgentPool {
  const pool: Pool = {
    ...options,
    registry,
    waiting: new Set(),
    idleSince: new Map(),
    isWanted: false,
    isBusy: false,
    isClosed: false,
  };
  return {
    wake: () => void wake(pool),
    waiting: () => [...pool.waiting].map(({ step, unmatched }) => ({ key: step.key, unmatched })),
    place: (step, signal) => new Promise((taken, refused) => wait(pool, { step, signal, taken, refused })),
    close: () => {
      pool.isClosed = true;
    },
  };
}

interface Asked {
  step: Wanted;
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
  isClosed: boolean;
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
  // Whatever else this turn of the event loop has to place, or to give back, goes into the same round.
  await new Promise((done) => setImmediate(done));
  while (pool.isWanted && pool.waiting.size > 0 && !pool.isClosed) {
    pool.isWanted = false;
    await placeWaiting(pool).catch(pool.onError);
  }
  pool.isBusy = false;
}

async function placeWaiting(pool: Pool): Promise<void> {
  const waiting = [...pool.waiting];
  const types = [...new Set(waiting.map(({ step }) => step.agentType))];
  const agents = await pool.registry.agents(types);
  const candidates = agents.map((agent) => ({ ...agent, idleSince: pool.idleSince.get(agent.id) ?? 0 }));
  const { placed, unmatched } = placeSteps(
    waiting.map(({ step }) => step),
    candidates,
  );
  const unmatchedKeys = new Set(unmatched);
  for (const one of waiting) one.unmatched = unmatchedKeys.has(one.step.key);
  if (placed.length === 0) return;
  const taken = await pool.registry.occupy(placed);
  if (taken.size < placed.length) pool.isWanted = true;
  const agentOf = new Map(placed.map(({ key, agent }) => [key, agent]));
  for (const one of waiting) {
    const agent = agentOf.get(one.step.key);
    if (agent !== undefined && taken.has(one.step.key)) take(pool, one, agent);
  }
}

function take(pool: Pool, one: Waiting, agent: string): void {
  const { key, apart } = one.step;
  let isHeld = true;
  const release = () => {
    if (!isHeld) return;
    isHeld = false;
    pool.idleSince.set(agent, pool.now());
    pool.registry.release(key).then(() => wake(pool), pool.onError);
  };
  // It may have been stopped while its place was being taken.
  if (pool.waiting.delete(one)) {
    apart?.add(agent);
    one.taken({ agent, release });
  } else release();
}
