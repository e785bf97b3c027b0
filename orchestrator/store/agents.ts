import type { Agent, AgentRegistration } from "../domain/agent.ts";
import { type Database, type Page, type PageRequest, page } from "./database.ts";

const columns = `id, type, capabilities, capacity, load, state, heartbeat_at AS "heartbeatAt"`;

/** Registers an agent; one that registers again takes its new description and is no longer lost. */
export async function registerAgent(
  db: Database,
  { registration, by }: { registration: AgentRegistration; by: string },
): Promise<Agent> {
  const { id, type, capabilities, capacity } = registration;
  const { rows } = await db.query<Agent>(
    `INSERT INTO agents (id, type, capabilities, capacity, registered_by) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (id) DO UPDATE SET type = $2, capabilities = $3, capacity = $4, registered_by = $5, heartbeat_at = now(),
       state = CASE WHEN agents.load > 0 THEN 'busy' ELSE 'idle' END
     RETURNING ${columns}`,
    [id, type, capabilities, capacity, by],
  );
  return rows[0] as Agent;
}

/** Notes that agents are alive; gives the ids of those that are registered. */
export async function recordHeartbeats(db: Database, ids: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `UPDATE agents SET heartbeat_at = now(),
       state = CASE WHEN state <> 'lost' THEN state WHEN load > 0 THEN 'busy' ELSE 'idle' END
     WHERE id = ANY($1::text[]) RETURNING id`,
    [ids],
  );
  return rows.map(({ id }) => id);
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

/** Marks agents lost whose last heartbeat is older than the lease; gives them, each to one caller only. */
export async function loseAgents(db: Database, leaseSeconds: number): Promise<Agent[]> {
  const { rows } = await db.query<Agent>(
    `UPDATE agents SET state = 'lost' WHERE state <> 'lost' AND heartbeat_at < now() - make_interval(secs => $1)
     RETURNING ${columns}`,
    [leaseSeconds],
  );
  return rows;
}

/** Takes an agent away; gives its type, nothing if it was not there. */
export async function removeAgent(db: Database, id: string): Promise<string | undefined> {
  const { rows } = await db.query<{ type: string }>("DELETE FROM agents WHERE id = $1 RETURNING type", [id]);
  return rows[0]?.type;
}

/** Takes one place of an agent that still has one and is not lost or draining; false: it has none. */
export async function occupyAgent(db: Database, id: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE agents SET load = load + 1, state = 'busy'
     WHERE id = $1 AND load < capacity AND state IN ('idle', 'busy')`,
    [id],
  );
  return (rowCount ?? 0) > 0;
}

/** Gives a place back. */
export async function releaseAgent(db: Database, id: string): Promise<void> {
  await db.query(
    `UPDATE agents SET load = greatest(load - 1, 0),
       state = CASE WHEN state = 'busy' AND load <= 1 THEN 'idle' ELSE state END
     WHERE id = $1`,
    [id],
  );
}
