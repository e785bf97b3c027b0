import type { Clock } from "../clock.ts";
import type { TokenLedger } from "../providers/token-budget.ts";
import type { Database, Store } from "./database.ts";

const hourMs = 3_600_000;
/** Any number that no other advisory lock has. */
const ledgerLock = 7_401_338;

/** The ledger that all processes on the database share. Hours pass as the clock's time does. */
export function tokenLedger(store: Store, clock: Clock): TokenLedger {
  return {
    reserve: (wanted) =>
      store.transaction(async (db) => {
        // One at a time: of two calls that would each just fit, one must not.
        await db.query("SELECT pg_advisory_xact_lock($1)", [ledgerLock]);
        const now = clock.now();
        const used = await tokensOfRun(db, wanted.runId);
        if (used + wanted.tokens > wanted.perRun) return { kind: "run-spent", used };
        const forMs = await untilTheyFit(db, { ...wanted, now });
        if (forMs > 0) return { kind: "hour-spent", forMs };
        const { rows } = await db.query<{ entry: number }>(
          "INSERT INTO token_usage (run_id, tokens, at) VALUES ($1, $2, to_timestamp($3 / 1000.0)) RETURNING entry",
          [wanted.runId, wanted.tokens, now],
        );
        return { kind: "reserved", entry: String(rows[0]?.entry) };
      }),
    async settle(entry, tokens) {
      await store.pool.query("UPDATE token_usage SET tokens = $2 WHERE entry = $1", [entry, tokens]);
    },
  };
}

/** Tokens of all runs in the 60 minutes before `now`, in milliseconds since 1970; what is set aside counts. */
export async function tokensOfHour(db: Database, now: number): Promise<number> {
  const { rows } = await db.query<{ tokens: number }>(
    "SELECT coalesce(sum(tokens), 0)::bigint AS tokens FROM token_usage WHERE at > to_timestamp($1 / 1000.0)",
    [now - hourMs],
  );
  return rows[0]?.tokens ?? 0;
}

async function tokensOfRun(db: Database, runId: string): Promise<number> {
  const { rows } = await db.query<{ tokens: number }>(
    "SELECT coalesce(sum(tokens), 0)::bigint AS tokens FROM token_usage WHERE run_id = $1",
    [runId],
  );
  return rows[0]?.tokens ?? 0;
}

/** Milliseconds until so much has passed out of the hour that the tokens fit; 0: they fit now. */
async function untilTheyFit(
  db: Database,
  { tokens, perHour, now }: { tokens: number; perHour: number; now: number },
): Promise<number> {
  const { rows } = await db.query<{ leaves: number }>(
    `WITH hour AS (
       SELECT at, sum(tokens) OVER (ORDER BY at DESC, entry DESC) AS since
       FROM token_usage WHERE at > to_timestamp($1 / 1000.0)
     )
     SELECT (extract(epoch FROM max(at)) * 1000)::float8 AS leaves FROM hour WHERE since > $2`,
    [now - hourMs, perHour - tokens],
  );
  const leaves = rows[0]?.leaves;
  return leaves === undefined || leaves === null ? 0 : Math.max(leaves + hourMs - now, 1);
}
