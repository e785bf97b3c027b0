import type { DomainEvent, EventType, RecordedEvent } from "../domain/event.ts";
import type { Database } from "./database.ts";
import { jsonText } from "./json.ts";

/** Channel that is notified when events were added. */
export const eventsChannel = "orchestrator_events";

/** Key of the advisory lock that whoever inserts events holds until the commit. */
export const commitOrderLock = 0x66_6c_65_76;

/**
 * In SQL, whose the event is that a JSON value called `event` tells of: its run's project's, or that of its subject PROJECT/NAME; nobody's
 * where it happened to the platform, which all may read.
 */
export const projectOfEvent = `CASE
  WHEN event ? 'runId' THEN coalesce((SELECT project FROM runs WHERE id = (event->>'runId')::uuid), '')
  WHEN event ? 'subject' THEN split_part(event->>'subject', '/', 1) END`;

/** An event and when it happened (ISO 8601), before it has its id. */
export type TimedEvent = DomainEvent & { at: string };

/**
 * Adds events in the transaction that made them happen: as its last statement, since it takes the lock that makes ids ascend in the
 * order of commits. A reader that has seen an id will never be shown a lower one.
 */
export async function insertEvents(db: Database, events: readonly TimedEvent[]): Promise<void> {
  if (events.length === 0) return;
  await db.query({
    name: "insert-events",
    text: `INSERT INTO events (at, type, run_id, project, body)
     SELECT (event->>'at')::timestamptz, event->>'type', (event->>'runId')::uuid,
       ${projectOfEvent}, event - 'at'
     FROM (SELECT pg_advisory_xact_lock(${commitOrderLock})) AS order_of_commits, jsonb_array_elements($1::jsonb) AS event`,
    values: [jsonText(events)],
  });
}

export interface EventQuery {
  /** Only events with a higher id. */
  after: number;
  limit: number;
  runId?: string;
  /** Only events of this project's runs and sessions, and those of the platform. */
  project?: string;
  types?: readonly EventType[];
}

/** Events in the order of their ids. */
export async function listEvents(db: Database, query: EventQuery): Promise<RecordedEvent[]> {
  const values: unknown[] = [query.after];
  const conditions = ["events.id > $1"];
  if (query.runId !== undefined) conditions.push(`run_id = $${values.push(query.runId)}`);
  if (query.types !== undefined) conditions.push(`type = ANY($${values.push(query.types)}::text[])`);
  const limit = `ORDER BY id LIMIT $${values.push(query.limit)}`;
  const select = (condition: string) =>
    `(SELECT id, at, body FROM events WHERE ${[...conditions, condition].join(" AND ")} ${limit})`;
  // Two walks along an index, where one condition with OR would be a search through all of them.
  const text =
    query.project === undefined
      ? select("true")
      : `${select(`project = $${values.push(query.project)}`)} UNION ALL ${select("project IS NULL")} ${limit}`;
  const { rows } = await db.query<{ id: number; at: string; body: DomainEvent }>(text, values);
  return rows.map(({ id, at, body }) => ({ ...body, id, at }));
}

/** Id of the last event, where live readers begin; 0: there is none. */
export async function lastEventId(db: Database): Promise<number> {
  const { rows } = await db.query<{ id: number }>("SELECT coalesce(max(id), 0) AS id FROM events");
  return rows[0]?.id ?? 0;
}
