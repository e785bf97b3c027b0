import type { Claim, Priority } from "../domain/workflow.ts";
import type { Database } from "./database.ts";
import { jsonText } from "./json.ts";

/** Channel that is notified when claims were granted. */
export const claimsChannel = "orchestrator_claims";

/** Key of the advisory lock that whoever grants claims holds: one process at a time. */
const claimsLock = 0x66_6c_63_6c;

/** What a step wants, and in whose name. */
export interface NewClaims {
  /** RUN/STEP/ATTEMPT. */
  key: string;
  runId: string;
  agent: string;
  claims: readonly Claim[];
  prefers: readonly string[];
}

export interface StoredClaim extends Claim {
  key: string;
  runId: string;
  agent: string;
  prefers: string[];
  granted: boolean;
  priority: Priority;
  /** When its run was accepted; milliseconds since 1970. */
  acceptedAt: number;
  /** Seconds since then. */
  waitedSeconds: number;
  /** The agent's. */
  capabilities: string[];
}

/** Waits for its turn to grant claims; it lasts until the end of the transaction. */
export async function lockClaims(db: Database): Promise<void> {
  await db.query("SELECT pg_advisory_xact_lock($1)", [claimsLock]);
}

/** Stores what a step wants. */
export async function insertClaims(
  db: Database,
  { wanted, executor }: { wanted: NewClaims; executor: string },
): Promise<void> {
  const { key, runId, agent, claims, prefers } = wanted;
  await db.query(
    `INSERT INTO claims (key, resource, run_id, agent, executor, alone, parts, prefers)
     SELECT DISTINCT ON (resource) $1, resource, $2, $3, $4, alone, parts, $5
     FROM jsonb_to_recordset($6::jsonb) AS new (resource text, alone boolean, parts text[])
     WHERE EXISTS (SELECT 1 FROM runs WHERE id = $2) ORDER BY resource, alone DESC`,
    [key, runId, agent, executor, prefers, jsonText(claims)],
  );
}

/** All claims, granted or waiting. */
export async function listClaims(db: Database): Promise<StoredClaim[]> {
  const { rows } = await db.query<StoredClaim>(
    `SELECT key, resource, run_id AS "runId", agent, alone, parts, prefers, granted, priority,
       (extract(epoch FROM accepted_at) * 1000)::float8 AS "acceptedAt",
       extract(epoch FROM now() - accepted_at)::float8 AS "waitedSeconds",
       coalesce((SELECT capabilities FROM agents WHERE agents.id = agent), '{}') AS capabilities
     FROM claims JOIN runs ON runs.id = run_id ORDER BY key, resource`,
  );
  return rows;
}

/** Grants all claims of these steps, and tells those who wait. */
export async function markGranted(db: Database, keys: readonly string[]): Promise<void> {
  await db.query("UPDATE claims SET granted = true WHERE key = ANY($1::text[])", [keys]);
  await db.query("SELECT pg_notify($1, '')", [claimsChannel]);
}

/** Those of the steps that have what they claimed. */
export async function grantedOf(
  db: Database,
  { keys, executor }: { keys: readonly string[]; executor: string },
): Promise<string[]> {
  const { rows } = await db.query<{ key: string }>(
    "SELECT DISTINCT key FROM claims WHERE key = ANY($1::text[]) AND executor = $2 AND granted",
    [keys, executor],
  );
  return rows.map(({ key }) => key);
}

/** Takes back what a step claims or has; without a key, all that the process's steps do. */
export async function deleteClaims(
  db: Database,
  { executor, key }: { executor: string; key?: string },
): Promise<number> {
  const { rowCount } = await db.query(
    "DELETE FROM claims WHERE executor = $1 AND ($2::text IS NULL OR key = $2)",
    [executor, key ?? null],
  );
  return rowCount ?? 0;
}
