import { type Agent, type AgentRegistration, AgentTaken } from "../domain/agent.ts";
import { type Database, type Page, type PageRequest, page } from "./database.ts";

const columns = `id, type, capabilities, capacity, load, state, heartbeat_at AS "heartbeatAt"`;

/** Channel that is notified when agents came, left, were lost or became free. */
export const agentsChannel = "orchestrator_agents";

/** A lost agent that another one has replaced, and how long nobody did. */
export interface Replacement {
  agentId: string;
  agentType: string;
  seconds: number;
}

export interface Registered {
  agent: Agent;
  /** The lost agent of its type whose place it takes; itself come back counts as well. */
  replaces?: Replacement;
}

/**
 * Registers an agent; one that registers again takes its new description and is no longer lost. With an executor it is a resident: it works in
 * the name of that process only, and goes with it. In a transaction: throws AgentTaken, and nothing has happened, where the id is another's.
 */
export async function registerAgent(
  db: Database,
  { registration, by, executor }: { registration: AgentRegistration; by: string; executor?: string },
): Promise<Registered> {
  const { id, type, capabilities, capacity } = registration;
  const replaced = await db.query<Replacement>(
    `UPDATE agents SET replaced_at = now() WHERE id = (
       SELECT id FROM agents WHERE type = $1 AND state = 'lost' AND replaced_at IS NULL
       ORDER BY id <> $2, lost_at LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING id AS "agentId", type AS "agentType", extract(epoch FROM now() - lost_at)::float8 AS seconds`,
    [type, id],
  );
  const { rows } = await db.query<Agent>(
    `INSERT INTO agents (id, type, capabilities, capacity, registered_by, executor) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (id) DO UPDATE SET type = $2, capabilities = $3, capacity = $4, heartbeat_at = now(),
       lost_at = NULL, replaced_at = NULL, state = CASE WHEN agents.load > 0 THEN 'busy' ELSE 'idle' END
     WHERE agents.registered_by = $5 AND agents.executor IS NOT DISTINCT FROM $6
     RETURNING ${columns}`,
    [id, type, capabilities, capacity, by, executor ?? null],
  );
  const [agent] = rows;
  if (!agent) throw new AgentTaken(`agent ${id} was registered by somebody else`);
  return replaced.rows[0] ? { agent, replaces: replaced.rows[0] } : { agent };
}

/** An agent's sign of life, and who gave it. */
export interface Heartbeat {
  id: string;
  by: string;
}

/** Notes that agents are alive; gives those signs that came from who registered the agent. The residents' come from their executor. */
export async function recordHeartbeats(
  db: Database,
  { beats, executor }: { beats: readonly Heartbeat[]; executor?: string },
): Promise<Heartbeat[]> {
  const { rows } = await db.query<Heartbeat>(
    `UPDATE agents SET heartbeat_at = now(),
       state = CASE WHEN state <> 'lost' THEN state WHEN load > 0 THEN 'busy' ELSE 'idle' END,
       lost_at = NULL, replaced_at = NULL
     FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::text[]) AS given (id, by)) AS beat
     WHERE agents.id = beat.id AND registered_by = beat.by AND executor IS NOT DISTINCT FROM $3 RETURNING agents.id, beat.by`,
    [beats.map(({ id }) => id), beats.map(({ by }) => by), executor ?? null],
  );
  return rows;
}

/** An agent by its id. */
export async function findAgent(db: Database, id: string): Promise<Agent | undefined> {
  const { rows } = await db.query<Agent>(`SELECT ${columns} FROM agents WHERE id = $1`, [id]);
  return rows[0];
}

/** Agents by id. */
export async function listAgents(
  db: Database,
  { type, limit, cursor }: PageRequest & { type?: string },
): Promise<Page<Agent>> {
  const { rows } = await db.query<Agent>(
    `SELECT ${columns} FROM agents WHERE id > $1 AND ($2::text IS NULL OR type = $2) ORDER BY id LIMIT $3`,
    [cursor ?? "", type ?? null, limit + 1],
  );
  return page(rows, limit, (row) => row.id);
}

/** Takes an agent away; gives it, or nothing: it was not there. Throws AgentTaken for a resident, which goes with its process only. */
export async function removeAgent(db: Database, id: string): Promise<Agent | undefined> {
  const text = `DELETE FROM agents WHERE id = $1 AND executor IS NULL RETURNING ${columns}`;
  const { rows } = await db.query<Agent>(text, [id]);
  if (!rows[0] && (await findAgent(db, id))) throw new AgentTaken(`agent ${id} goes with its process`);
  return rows[0];
}

/** Agents that are not lost and gave no sign of life for so long; `now` is the time by which heartbeats are dated, in milliseconds since 1970. */
export async function silentAgents(
  db: Database,
  seconds: number,
): Promise<{ now: number; agents: Pick<Agent, "id" | "type" | "heartbeatAt">[] }> {
  const { rows } = await db.query(
    `SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now, coalesce(silent.agents, '[]') AS agents FROM (
       SELECT jsonb_agg(jsonb_build_object('id', id, 'type', type, 'heartbeatAt', heartbeat_at)) AS agents
       FROM agents WHERE state <> 'lost' AND heartbeat_at < now() - make_interval(secs => $1)) AS silent`,
    [seconds],
  );
  return rows[0];
}

/** Marks agents lost, unless they have just shown a sign of life; gives them, each to one caller only. */
export async function loseAgents(
  db: Database,
  { ids, seconds }: { ids: readonly string[]; seconds: number },
): Promise<Agent[]> {
  const { rows } = await db.query<Agent>(
    `UPDATE agents SET state = 'lost', lost_at = now(), replaced_at = CASE WHEN state = 'draining' THEN now() END
     WHERE id = ANY($1::text[]) AND state <> 'lost' AND heartbeat_at < now() - make_interval(secs => $2)
     RETURNING ${columns}`,
    [ids, seconds],
  );
  return rows;
}

/** Of these agents those that are lost, or not registered any more. */
export async function missingAgents(db: Database, ids: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `SELECT id FROM unnest($1::text[]) AS held (id)
     WHERE NOT EXISTS (SELECT 1 FROM agents WHERE agents.id = held.id AND state <> 'lost')`,
    [ids],
  );
  return rows.map(({ id }) => id);
}

/** The residents of a process get nothing more. */
export async function drainResidents(db: Database, executor: string): Promise<void> {
  await db.query("UPDATE agents SET state = 'draining' WHERE executor = $1 AND state <> 'lost'", [executor]);
}

/** Takes the residents of a process away; gives them. */
export async function removeResidents(db: Database, executor: string): Promise<Agent[]> {
  const { rows } = await db.query<Agent>(`DELETE FROM agents WHERE executor = $1 RETURNING ${columns}`, [
    executor,
  ]);
  return rows;
}

/** What agents are able to do, by id. */
export async function capabilitiesOf(db: Database, ids: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await db.query<Pick<Agent, "id" | "capabilities">>(
    "SELECT id, capabilities FROM agents WHERE id = ANY($1::text[])",
    [ids],
  );
  return new Map(rows.map(({ id, capabilities }) => [id, capabilities]));
}
