import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { TokenLedger } from "../providers/token-budget.ts";
import type { Database, Store } from "./database.ts";
import { persistently } from "./transient.ts";

const hourMs = 3_600_000;
/** Any number that no other advisory lock has. */
const ledgerLock = 7_401_338;

/**
 * The ledger that all processes on the database share. Hours pass as the clock's time does. While the database is away it waits: a call
 * is neither refused nor its answer lost for that.
 */
export function tokenLedger(
  store: Pick<Store, "pool" | "transaction">,
  { executorId, clock }: { executorId: string; clock: Clock },
): TokenLedger {
  const reserve = (wanted: Parameters<TokenLedger["reserve"]>[0]): ReturnType<TokenLedger["reserve"]> => {
    const call = randomUUID();
    return persistently(() =>
      store.transaction(async (db) => {
        // One at a time: of two calls that would each just fit, one must not.
        await db.query("SELECT pg_advisory_xact_lock($1)", [ledgerLock]);
        // What the try before set aside, if only its answer was lost.
        await db.query("DELETE FROM token_usage WHERE executor = $1 AND call = $2", [executorId, call]);
        const now = clock.now();
        const used = await tokensOfRun(db, wanted.runId);
        if (used + wanted.tokens > wanted.perRun) return { kind: "run-spent", used };
        const forMs = await untilTheyFit(db, { ...wanted, now });
        if (forMs > 0) return { kind: "hour-spent", forMs };
        const { rows } = await db.query<{ entry: number }>(
          `INSERT INTO token_usage (run_id, tokens, at, executor, call)
           VALUES ($1, $2, to_timestamp($3 / 1000.0), $4, $5) RETURNING entry`,
          [wanted.runId, wanted.tokens, now, executorId, call],
        );
        return { kind: "reserved", entry: String(rows[0]?.entry) };
      }),
    );
  };
  return {
    reserve,
    async settle(entry, tokens) {
      const text = "UPDATE token_usage SET tokens = $2, executor = NULL WHERE entry = $1";
      await persistently(() => store.pool.query(text, [entry, tokens]));
    },
  };
}

/** Gives back what a lost executor had set aside for calls under way: what they may have used is not known. */
export async function giveBackTokens(db: Database, executor: string): Promise<void> {
  await db.query("UPDATE token_usage SET tokens = 0, executor = NULL WHERE executor = $1", [executor]);
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
