import pg from "pg";
import { migrate, schema } from "./migrate.ts";

/** What statements are sent to: the pool, or a client inside of a transaction. */
export type Database = Pick<pg.ClientBase, "query">;

/** The orchestrator's records in PostgreSQL. */
export interface Store {
  /** Connection string; DBOS keeps its tables in the same database. */
  url: string;
  pool: pg.Pool;
  /** Runs the statements of `work` in one transaction, on one connection; rolled back when it throws. */
  transaction<T>(work: (db: Database) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface StoreOptions {
  /** Connections at most. */
  connections?: number;
  /** Milliseconds after which the server ends a statement. */
  statementTimeoutMs?: number;
  /** Milliseconds after which the server ends a connection that is silent inside of a transaction. */
  silentTransactionMs?: number;
  /** Told of connections that broke; the pool replaces them. */
  onConnectionError?: (error: Error) => void;
}

const { INT8, TIMESTAMPTZ } = pg.types.builtins;
const types = {
  getTypeParser(oid: number, format?: "text" | "binary") {
    // Counts of tokens and bytes stay far below 2^53.
    if (oid === INT8) return Number;
    if (oid === TIMESTAMPTZ) return (value: string) => new Date(value).toISOString();
    return pg.types.getTypeParser(oid, format as "text");
  },
} as pg.CustomTypesConfig;

/** Opens the database, brings its tables up to date and returns once it answers. */
export async function openStore(url: string, options: StoreOptions = {}): Promise<Store> {
  await migrateOnce(url);
  const pool = openPool(url, {
    max: options.connections ?? 10,
    types,
    ...(options.silentTransactionMs !== undefined && {
      idle_in_transaction_session_timeout: options.silentTransactionMs,
    }),
    // Plans of named statements do not depend on their values: making them anew each time takes longer than most take to run.
    options: `-c search_path=${schema} -c plan_cache_mode=force_generic_plan -c statement_timeout=${options.statementTimeoutMs ?? 30_000}`,
    onError: options.onConnectionError ?? (() => undefined),
  });
  return { url, pool, transaction: (work) => inTransaction(pool, work), close: () => pool.end() };
}

/**
 * How long a connection may be silent inside of a transaction: a process that hangs there, or is cut off, holds what all others wait for, the
 * order of events above all. It must be shorter than the time that their statements are given.
 */
const silentTransactionMs = 10_000;

/**
 * A pool whose connections may break at any moment: Node would end the process for an error that nobody listens for, also one of
 * a connection that is in use, between two statements of a transaction.
 */
export function openPool(
  url: string,
  { onError, ...options }: pg.PoolConfig & { onError: (error: Error) => void },
): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    idle_in_transaction_session_timeout: silentTransactionMs,
    ...options,
  });
  // A server that stops may tell connections that are being closed just then.
  const tell = (error: Error) => (pool.ending ? undefined : onError(error));
  pool.on("error", tell).on("connect", (client) => void client.on("error", tell));
  return pool;
}

async function migrateOnce(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on("error", () => undefined);
  await client.connect();
  try {
    await migrate(client);
  } finally {
    await client.end();
  }
}

async function inTransaction<T>(pool: pg.Pool, work: (db: Database) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    // A connection that cannot roll back goes, and its transaction with it.
    await client.query("ROLLBACK").catch((failed: Error) => {
      broken = failed;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** One page of a list, and where the next one begins; no cursor: there is none. */
export interface Page<T> {
  items: T[];
  next?: string;
}

export interface PageRequest {
  /** Items of a page, at most. */
  limit: number;
  /** Where the page begins: `next` of the one before. */
  cursor?: string;
}

/** Cuts the rows of a query for one more than the limit to a page; `key` is what the query's order goes by. */
export function page<T>(rows: T[], limit: number, key: (row: T) => string | number): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return rows.length > limit && last !== undefined ? { items, next: String(key(last)) } : { items };
}
