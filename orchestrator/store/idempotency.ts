import type { Database } from "./database.ts";

/** A client's own name for a request: repeated, it gives the same run. */
export interface IdempotencyKey {
  client: string;
  key: string;
  /** Digest of what was asked for: the same key must not ask for something else. */
  request: string;
  runId: string;
}

/** Keys of those given that are taken, with what they were used for. */
export async function findIdempotencyKeys(
  db: Database,
  keys: readonly Pick<IdempotencyKey, "client" | "key">[],
): Promise<IdempotencyKey[]> {
  if (keys.length === 0) return [];
  const { rows } = await db.query<IdempotencyKey>({
    name: "find-idempotency-keys",
    text: `SELECT client, key, request, run_id AS "runId" FROM idempotency_keys
     JOIN unnest($1::text[], $2::text[]) AS asked (client, key) USING (client, key)`,
    values: [keys.map(({ client }) => client), keys.map(({ key }) => key)],
  });
  return rows;
}

/** Takes keys for runs that were just inserted; fails (unique violation) when another transaction took one meanwhile. */
export async function insertIdempotencyKeys(db: Database, keys: readonly IdempotencyKey[]): Promise<void> {
  if (keys.length === 0) return;
  await db.query({
    name: "insert-idempotency-keys",
    text: `INSERT INTO idempotency_keys (client, key, request, run_id)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[])`,
    values: [
      keys.map(({ client }) => client),
      keys.map(({ key }) => key),
      keys.map(({ request }) => request),
      keys.map(({ runId }) => runId),
    ],
  });
}
