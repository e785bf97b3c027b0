import type pg from "pg";
import type { Instruments } from "./instruments.ts";

/** Longer than this a statement is slow: the objective for stored records is 50 ms at p95 (AH-11). */
const slowSeconds = 0.05;
const statement = /^\s*(SELECT|INSERT|UPDATE|DELETE)\b/i;
const table = /\b(?:FROM|INTO|UPDATE)\s+(?:\w+\.)?(\w+)/i;

interface DatabaseMetricsOptions {
  on: Instruments;
  /** What the catalog calls the pool. */
  pool: string;
  /** Connections at most. */
  most: number;
}

/** Counts the statements of a pool's connections, and has the pool read, in OpenTelemetry's database client metrics. */
export function countStatements(pool: pg.Pool, { on, pool: name, most }: DatabaseMetricsOptions): void {
  const of = { db_client_connection_pool_name: name };
  on.observe("db_client_connection_max", () => [{ labels: of, value: most }]);
  on.observe("db_client_connection_pending_requests", () => [{ labels: of, value: pool.waitingCount }]);
  on.observe("db_client_connection_count", () => [
    { labels: { ...of, db_client_connection_state: "idle" }, value: pool.idleCount },
    { labels: { ...of, db_client_connection_state: "used" }, value: pool.totalCount - pool.idleCount },
  ]);
  countWaiting(pool, { on, of });
  pool.on("connect", (client) => measure(client, on));
}

/** How long requests wait for a connection, and how long they keep it. */
function countWaiting(pool: pg.Pool, { on, of }: { on: Instruments; of: Record<string, string> }): void {
  const taken = new WeakMap<pg.PoolClient, number>();
  const connect = pool.connect.bind(pool) as () => Promise<pg.PoolClient>;
  const asked = async (): Promise<pg.PoolClient> => {
    const started = performance.now();
    try {
      return await connect();
    } catch (error) {
      if (/timeout/i.test(String(error))) on.add("db_client_connection_timeouts_total", of);
      throw error;
    } finally {
      on.record("db_client_connection_wait_time_seconds", of, (performance.now() - started) / 1000);
    }
  };
  // The pool's own `query` calls `connect` with a callback, which is left as it is: it waits in the same line.
  pool.connect = ((callback?: Parameters<pg.Pool["connect"]>[0]) =>
    callback ? (connect as unknown as pg.Pool["connect"])(callback) : asked()) as pg.Pool["connect"];
  pool.on("acquire", (client) => void taken.set(client, performance.now()));
  pool.on("release", (_, client) => {
    const since = taken.get(client);
    if (since === undefined) return;
    on.record("db_client_connection_use_time_seconds", of, (performance.now() - since) / 1000);
  });
}

type Answered = (error: unknown, result?: pg.QueryResult) => void;

function measure(client: pg.PoolClient, on: Instruments): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  client.query = ((...args: unknown[]) => {
    const labels = labelsOf(args[0]);
    if (!labels) return query(...args);
    const started = performance.now();
    const done: Answered = (error, result) =>
      count(on, {
        ...labels,
        error_type: error ? errorType(error) : "",
        rows: result?.rows?.length,
        seconds: (performance.now() - started) / 1000,
      });
    // The pool's own `query` waits by a callback, everyone else by a promise.
    const callback = args.at(-1);
    if (typeof callback === "function") {
      return query(...args.slice(0, -1), (error: unknown, result: pg.QueryResult) => {
        done(error, result);
        (callback as Answered)(error, result);
      });
    }
    const answer = query(...args) as Promise<pg.QueryResult>;
    answer.then(
      (result) => done(undefined, result),
      (error: unknown) => done(error),
    );
    return answer;
  }) as typeof client.query;
}

interface Statement {
  db_operation_name: string;
  db_collection_name: string;
}

function count(
  on: Instruments,
  {
    error_type,
    rows,
    seconds,
    ...labels
  }: Statement & { error_type: string; rows: number | undefined; seconds: number },
): void {
  on.record(
    "db_client_operation_duration_seconds",
    { db_system_name: "postgresql", ...labels, error_type },
    seconds,
  );
  if (rows !== undefined) on.record("db_client_response_returned_rows", { ...labels }, rows);
  if (seconds > slowSeconds) on.add("db_client_slow_operations_total", { ...labels });
}

/** Operation and table of a statement; nothing for BEGIN, COMMIT and what else touches no table. */
function labelsOf(asked: unknown): Statement | undefined {
  const text = typeof asked === "string" ? asked : (asked as { text?: string } | undefined)?.text;
  const operation = text && statement.exec(text)?.[1]?.toUpperCase();
  const collection = text && table.exec(text)?.[1]?.toLowerCase();
  return operation && collection
    ? { db_operation_name: operation, db_collection_name: collection }
    : undefined;
}

function errorType(error: unknown): string {
  const code = String((error as { code?: string }).code ?? "");
  // 57014: the statement's time was up. Class 08 and Node's own codes: the connection broke.
  if (code === "57014") return "timeout";
  return code.startsWith("08") || /^E[A-Z]+$/.test(code) ? "connection" : "_OTHER";
}
