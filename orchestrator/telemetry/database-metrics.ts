import type pg from "pg";
import type { Instruments } from "./instruments.ts";

/** Longer than this a statement is slow: the objective for stored records is 50 ms at p95 (AH-11). */
const slowSeconds = 0.05;
const counted = /^\s*(?:WITH|SELECT|INSERT|UPDATE|DELETE)\b/i;
/** The first thing that a statement writes; locks and conflicts are written with the same word. */
const writes = /(?<!\bFOR\s)(?<!\bDO\s)\b(INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+(?:\w+\.)?(\w+)/i;
/** The first table that it reads, and no function. */
const reads = /\bFROM\s+(?:\w+\.)?(\w+)\b(?!\s*[(.])/i;
const rememberedStatements = 1_000;

export interface DatabaseMetricsOptions {
  /** The services whose pool it is: what happens is counted at each. */
  on: readonly Instruments[];
  /** What the catalog calls the pool. */
  pool: string;
  /** Connections at most. */
  most: number;
  /** What the platform calls tables that it calls otherwise. */
  tables?: Readonly<Record<string, string>>;
}

/** Counts the statements of a pool's connections, and has the pool read, in OpenTelemetry's database client metrics. Once for each pool. */
export function countStatements(
  pool: pg.Pool,
  { on: services, pool: name, most, tables = {} }: DatabaseMetricsOptions,
): void {
  const of = { db_client_connection_pool_name: name };
  const on = services.filter((one) => one.has("db_client_connection_count"));
  for (const one of on) {
    one.observe("db_client_connection_max", () => [{ labels: of, value: most }]);
    one.observe("db_client_connection_pending_requests", () => [{ labels: of, value: pool.waitingCount }]);
    one.observe("db_client_connection_count", () => [
      { labels: { ...of, db_client_connection_state: "idle" }, value: pool.idleCount },
      { labels: { ...of, db_client_connection_state: "used" }, value: pool.totalCount - pool.idleCount },
    ]);
  }
  countWaiting(pool, { on, of });
  const tell = counter(on, tables);
  pool.on("connect", (client) => measure(client, tell));
}

/** How long requests wait for a connection, and how long they keep it. */
function countWaiting(pool: pg.Pool, { on, of }: { on: Instruments[]; of: Record<string, string> }): void {
  const taken = new WeakMap<pg.PoolClient, number>();
  const record = (metric: string, since: number) => {
    for (const one of on) one.record(metric, of, (performance.now() - since) / 1000);
  };
  const connect = pool.connect.bind(pool) as (callback: Connected) => void;
  const asked = (callback: Connected): void => {
    const started = performance.now();
    connect((error, client, release) => {
      if (/timeout/i.test(error?.message ?? ""))
        for (const one of on) one.add("db_client_connection_timeouts_total", of);
      record("db_client_connection_wait_time_seconds", started);
      callback(error, client, release);
    });
  };
  // The pool's own `query` waits by a callback, everyone else by a promise.
  pool.connect = ((callback?: Connected) =>
    callback
      ? asked(callback)
      : new Promise((resolve, reject) =>
          asked((error, client) => (client ? resolve(client) : reject(error))),
        )) as pg.Pool["connect"];
  pool.on("acquire", (client) => void taken.set(client, performance.now()));
  pool.on("release", (_, client) => {
    const since = taken.get(client);
    if (since !== undefined) record("db_client_connection_use_time_seconds", since);
  });
}

type Connected = (error: Error | undefined, client: pg.PoolClient | undefined, release: unknown) => void;
type Answered = (error: unknown, result?: pg.QueryResult) => void;

function measure(client: pg.PoolClient, tell: (ended: Ended) => void): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  client.query = ((...args: unknown[]) => {
    const labels = labelsOf(args[0]);
    if (!labels) return query(...args);
    const started = performance.now();
    const done: Answered = (error, result) =>
      tell({
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

/** A statement that ended. */
type Ended = Statement & { error_type: string; rows: number | undefined; seconds: number };

/** Counts statements at each service, by the platform's names; a table that the platform does not list is left out. */
function counter(
  on: readonly Instruments[],
  tables: Readonly<Record<string, string>>,
): (ended: Ended) => void {
  const duration = "db_client_operation_duration_seconds";
  return ({ error_type, rows, seconds, ...labels }) => {
    const db_collection_name = tables[labels.db_collection_name] ?? labels.db_collection_name;
    const statement = { ...labels, db_collection_name };
    const timed = { db_system_name: "postgresql", ...statement, error_type };
    for (const one of on) {
      if (!one.takes(duration, timed)) continue;
      one.record(duration, timed, seconds);
      if (rows !== undefined) one.record("db_client_response_returned_rows", statement, rows);
      if (seconds > slowSeconds) one.add("db_client_slow_operations_total", statement);
    }
  };
}

const remembered = new Map<string, Statement | undefined>();

/** Operation and table of a statement; nothing for BEGIN, COMMIT and what else touches no table. Of several, what it writes first. */
function labelsOf(asked: unknown): Statement | undefined {
  const text = typeof asked === "string" ? asked : (asked as { text?: string } | undefined)?.text;
  if (text === undefined) return undefined;
  if (remembered.has(text)) return remembered.get(text);
  if (remembered.size >= rememberedStatements) remembered.clear();
  const found = readLabels(text);
  remembered.set(text, found);
  return found;
}

function readLabels(text: string): Statement | undefined {
  if (!counted.test(text)) return undefined;
  const [, operation = "SELECT", table = reads.exec(text)?.[1]] = writes.exec(text) ?? [];
  if (table === undefined) return undefined;
  const [db_operation_name = ""] = operation.toUpperCase().split(/\s/);
  return { db_operation_name, db_collection_name: table.toLowerCase() };
}

function errorType(error: unknown): string {
  const code = String((error as { code?: string }).code ?? "");
  // 57014: the statement's time was up. Class 08 and Node's own codes: the connection broke.
  if (code === "57014") return "timeout";
  return code.startsWith("08") || /^E[A-Z]+$/.test(code) ? "connection" : "_OTHER";
}
