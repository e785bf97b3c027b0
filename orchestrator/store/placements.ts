import type { Agent } from "../domain/agent.ts";
import type { Database } from "./database.ts";

/** A place of an agent that is wanted for a step, or taken. */
export interface Placement {
  /** RUN/STEP/ATTEMPT. */
  key: string;
  agent: string;
}

/** What decides whether an agent gets a step. */
export type PlaceableAgent = Pick<Agent, "id" | "type" | "capabilities" | "capacity" | "load" | "state">;

/** The agents of some types that a process may give steps to: its own residents, and all that registered by themselves. */
export async function placeableAgents(
  db: Database,
  { types, executor }: { types: readonly string[]; executor: string },
): Promise<PlaceableAgent[]> {
  const { rows } = await db.query<PlaceableAgent>({
    name: "placeable-agents",
    text: `SELECT id, type, capabilities, capacity, load, state FROM agents
     WHERE type = ANY($1::text[]) AND state IN ('idle', 'busy') AND (executor IS NULL OR executor = $2)`,
    values: [types, executor],
  });
  return rows;
}

/**
 * Takes a place for each of the keys whose agent still has one and is neither lost nor draining, first come first served; gives the keys that got
 * theirs. What asks for a place of the same agent at the same time waits here for the other to be done.
 */
export async function occupyPlaces(
  db: Database,
  { wanted, executor }: { wanted: readonly Placement[]; executor: string },
): Promise<Set<string>> {
  const { rows } = await db.query<{ key: string }>({
    name: "occupy-places",
    text: `WITH wanted AS (
       SELECT key, agent, row_number() OVER (PARTITION BY agent ORDER BY nr) AS place
       FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked (key, agent, nr)
     ), room AS MATERIALIZED (
       SELECT id, capacity - load AS places FROM agents
       WHERE id = ANY($2::text[]) AND state IN ('idle', 'busy') AND load < capacity ORDER BY id FOR UPDATE
     ), taken AS (
       INSERT INTO placements (key, agent, executor)
       SELECT key, agent, $3 FROM wanted JOIN room ON id = agent AND place <= places
       RETURNING key, agent
     ), loaded AS (
       UPDATE agents SET load = load + count, state = 'busy'
       FROM (SELECT agent, count(*)::int AS count FROM taken GROUP BY agent) AS new WHERE id = agent
     )
     SELECT key FROM taken`,
    values: [wanted.map(({ key }) => key), wanted.map(({ agent }) => agent), executor],
  });
  return new Set(rows.map(({ key }) => key));
}

const gone = (condition: string) => `WITH gone AS (
    DELETE FROM placements WHERE ${condition} RETURNING agent
  ), locked AS MATERIALIZED (
    SELECT id, count FROM agents JOIN (SELECT agent, count(*)::int AS count FROM gone GROUP BY agent) AS old ON id = agent
    ORDER BY id FOR UPDATE OF agents
  )
  UPDATE agents SET load = greatest(agents.load - locked.count, 0),
    state = CASE WHEN agents.state = 'busy' AND agents.load <= locked.count THEN 'idle' ELSE agents.state END
  FROM locked WHERE agents.id = locked.id`;

/** Gives places of a process back; one that was given back before stays so. */
export async function releasePlaces(
  db: Database,
  { keys, executor }: { keys: readonly string[]; executor: string },
): Promise<void> {
  const text = gone("key = ANY($1::text[]) AND executor = $2");
  await db.query({ name: "release-places", text, values: [keys, executor] });
}

/** Gives back all that a process held. */
export async function releasePlacesOf(db: Database, executor: string): Promise<void> {
  await db.query(gone("executor = $1"), [executor]);
}
