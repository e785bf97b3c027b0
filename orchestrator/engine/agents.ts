import { setTimeout as delay } from "node:timers/promises";
import { type Agent, type AgentRegistration, residentPrefix } from "../domain/agent.ts";
import type { DomainEvent, RecordEvent } from "../domain/event.ts";
import { type AgentPool, agentPool } from "../scheduler/agent-pool.ts";
import {
  beginWatch,
  HEARTBEAT_SECONDS,
  LEASE_SECONDS,
  lookForLosses,
  type Watch,
} from "../scheduler/lost-agents.ts";
import {
  agentsChannel,
  drainResidents,
  loseAgents,
  missingAgents,
  recordHeartbeats,
  registerAgent,
  removeAgent,
  silentAgents,
} from "../store/agents.ts";
import { batched } from "../store/batch.ts";
import type { Store } from "../store/database.ts";
import { occupyPlaces, type Placement, placeableAgents, releasePlaces } from "../store/placements.ts";
import { persistently } from "../store/transient.ts";
import type { PlaceStep } from "./parts.ts";

/** Which agents a process brings along, and how long agents may be silent. */
export interface AgentOptions {
  /** Agents that work in this process and are there as long as it is: their ids are made from their types. */
  residents: readonly Omit<AgentRegistration, "id">[];
  /** An agent without a sign of life for so long is lost; residents give one six times as often. */
  leaseSeconds?: number;
}

/** How agents come and go (NX-5). */
export interface AgentManagement {
  /**
   * Registers an agent; it takes the place of one of its type that was lost, if there is one. Rejects with AgentTaken where another has
   * registered the id.
   */
  register(registration: AgentRegistration, by: string): Promise<Agent>;
  /** Takes an agent away; what it does is given to others. False: it was not there. Rejects with AgentTaken for one that a process brought along. */
  remove(id: string): Promise<boolean>;
}

/** The registered agents, as a process gives steps to them and watches over them. */
export interface Agents extends AgentManagement {
  place: PlaceStep;
  /** Something changed: agents came, left or were lost. */
  look(): void;
  /** Gives out no more steps, here or by others to the residents; resolves when nothing of it is under way. */
  close(): Promise<void>;
}

/** Milliseconds between two tries to place what waits: agents that other processes share become free without a word. */
const retryMs = 250;

/** Of a lease: half a heartbeat, so that one that is late is still in time. */
const looksEvery = HEARTBEAT_SECONDS / LEASE_SECONDS / 2;

interface Context {
  store: Store;
  executorId: string;
  record: RecordEvent;
  onError: (error: Error) => void;
}

interface Held {
  agent: string;
  lost: AbortController;
}

/** Registers the residents and begins to place steps and to watch. */
export async function startAgents(context: Context, options: AgentOptions): Promise<Agents> {
  const { store, executorId, onError } = context;
  const { leaseSeconds = LEASE_SECONDS } = options;
  const pool = agentPool(registryOf(context), { now: Date.now, onError });
  const held = new Map<string, Held>();
  const residents = named(executorId, options.residents);
  for (const registration of residents)
    await join(context, { registration, by: executorId, executor: executorId });

  const stopping = new AbortController();
  const watch = { ...{ residents, leaseSeconds, held }, state: beginWatch(0) };
  const looking = repeat(() => look(context, watch), {
    everyMs: looksEvery * leaseSeconds * 1_000,
    stopping,
    onError,
  });
  const retrying = setInterval(() => (pool.waiting().length > 0 ? pool.wake() : undefined), retryMs).unref();
  return {
    ...agentManagement(context),
    place: placing(pool, held),
    look() {
      pool.wake();
      giveUpMissing(store, held).catch(onError);
    },
    async close() {
      pool.close();
      clearInterval(retrying);
      stopping.abort();
      await looking;
      await drainResidents(store.pool, executorId).catch(onError);
    },
  };
}

/** The management of a store's agents. */
export function agentManagement(context: Pick<Context, "store" | "record">): AgentManagement {
  const { store, record } = context;
  return {
    register: (registration, by) => join(context, { registration, by }),
    async remove(id) {
      const removed = await removeAgent(store.pool, id);
      if (removed) record({ type: "agent.removed", agentId: id, agentType: removed.type });
      await tellOthers(store);
      return removed !== undefined;
    },
  };
}

/** What a process that is gone brought along goes with it; `reason`: why, where it did not go by itself. */
export function goneWith(residents: readonly Agent[], reason?: "crashed"): DomainEvent[] {
  return residents.map(({ id, type }) => ({
    type: reason ? "agent.lost" : "agent.removed",
    agentId: id,
    agentType: type,
    ...(reason && { reason }),
  }));
}

function named(executorId: string, residents: AgentOptions["residents"]): AgentRegistration[] {
  const process = executorId.slice(-8);
  return residents.map((agent, index) => ({
    id: `${residentPrefix}${process}-${agent.type}-${index + 1}`,
    ...agent,
  }));
}

async function join(
  { store, record }: Pick<Context, "store" | "record">,
  joining: { registration: AgentRegistration; by: string; executor?: string },
): Promise<Agent> {
  const { agent, replaces } = await store.transaction((db) => registerAgent(db, joining));
  record({ type: "agent.registered", agentId: agent.id, agentType: agent.type });
  if (replaces) record({ type: "agent.replaced", ...replaces, reason: "unresponsive" });
  await tellOthers(store);
  return agent;
}

async function tellOthers({ pool }: Store): Promise<void> {
  await pool.query("SELECT pg_notify($1, '')", [agentsChannel]);
}

function registryOf({ store: { pool }, executorId: executor, onError }: Context) {
  const release = batched<string, undefined>(
    async (keys) => {
      await persistently(() => releasePlaces(pool, { keys, executor }), onError);
      return keys.map(() => undefined);
    },
    { limit: 1_000 },
  );
  return {
    agents: (types: readonly string[]) => placeableAgents(pool, { types, executor }),
    occupy: (wanted: readonly Placement[]) => occupyPlaces(pool, { wanted, executor }),
    release,
  };
}

/** Each place that was given is known here until it is given back, so that whoever works there hears when the agent is lost. */
function placing(pool: AgentPool, held: Map<string, Held>): PlaceStep {
  return async (step, signal) => {
    const { agent, release } = await pool.place(step, signal);
    const lost = new AbortController();
    held.set(step.key, { agent, lost });
    return {
      agent,
      lost: lost.signal,
      release() {
        held.delete(step.key);
        release();
      },
    };
  };
}

interface Watching {
  residents: readonly AgentRegistration[];
  leaseSeconds: number;
  held: Map<string, Held>;
  state: Watch;
}

/** One look: the residents say that they live, and agents that said nothing for a whole lease are lost. */
async function look({ store, executorId, record }: Context, watch: Watching): Promise<void> {
  const { residents, leaseSeconds, held } = watch;
  const beats = residents.map(({ id }) => ({ id, by: executorId }));
  await recordHeartbeats(store.pool, { beats, executor: executorId });
  const { now, agents } = await silentAgents(store.pool, leaseSeconds);
  const { lost: ids, watch: state } = lookForLosses(watch.state, agents, { now, leaseSeconds });
  watch.state = state;
  if (ids.length > 0) {
    const lost = await loseAgents(store.pool, { ids, seconds: leaseSeconds });
    for (const { id, type } of lost)
      record({ type: "agent.lost", agentId: id, agentType: type, reason: "unresponsive" });
    await tellOthers(store);
  }
  await giveUpMissing(store, held);
}

async function giveUpMissing(store: Store, held: Map<string, Held>): Promise<void> {
  const agents = [...new Set([...held.values()].map(({ agent }) => agent))];
  if (agents.length === 0) return;
  const missing = new Set(await missingAgents(store.pool, agents));
  for (const { agent, lost } of held.values()) if (missing.has(agent)) lost.abort("lost");
}

async function repeat(
  what: () => Promise<void>,
  { everyMs, stopping, onError }: { everyMs: number; stopping: AbortController; onError: (e: Error) => void },
): Promise<void> {
  while (!stopping.signal.aborted) {
    await what().catch(onError);
    await delay(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
  }
}
