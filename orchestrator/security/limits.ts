import pg from "pg";
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import type { Clock } from "../clock.ts";
import { schema } from "../store/migrate.ts";

/** So many requests in so many seconds. */
export interface Limit {
  points: number;
  seconds: number;
}

/** What a limit says of one request. */
export interface Allowance {
  allowed: boolean;
  limit: Limit;
  /** Requests that are left at least until the window ends. */
  remaining: number;
  resetSeconds: number;
}

/** Counts one request of a key; resolves also when the store is away. */
export type Take = (key: string) => Promise<Allowance>;

export interface LimitStore {
  /** A limit of its own name, shared by all processes that open it. */
  limit(name: string, limit: Limit): Take;
  close(): Promise<void>;
}

export interface LimitOptions {
  clock: Clock;
  /** Milliseconds after which a store that does not answer counts as away: each process then counts for itself until it is back. */
  storeTimeoutMs?: number | undefined;
}

const table = "rate_limits";
/** Key of the advisory lock under which the table is made. */
const creationLock = 0x66_6c_72_6c;
const usualTimeoutMs = 500;
/** The share of a limit that a process takes from the store at once and then spends without asking. */
const leasedShare = 1 / 50;
const rememberedKeys = 20_000;

/**
 * Limits counted in PostgreSQL, exactly and for all processes together. A process takes a fiftieth of a limit at a time, so that the
 * most frequent requests cost no statement; what a process that ends had not spent is lost until the window ends.
 */
export async function openLimits(
  databaseUrl: string,
  { clock, storeTimeoutMs = usualTimeoutMs }: LimitOptions,
): Promise<LimitStore> {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 2,
    options: `-c search_path=${schema}`,
    connectionTimeoutMillis: storeTimeoutMs,
    query_timeout: storeTimeoutMs,
  });
  // An idle connection that breaks is replaced at the next statement.
  pool.on("error", () => {});
  await createTable(pool);
  return {
    limit: (name, limit) => leased(sharedLimiter(pool, name, limit), { limit, clock }),
    close: () => pool.end(),
  };
}

// Unlogged: counts are worth nothing after a crash. Processes that create it at once would collide in the catalog, in several ways: one goes
// after the other. Statements sent as one are one transaction, at whose end the lock goes.
async function createTable(pool: pg.Pool): Promise<void> {
  await pool.query(
    `SELECT pg_advisory_xact_lock(${creationLock}); CREATE UNLOGGED TABLE IF NOT EXISTS ${table} (key varchar(255) PRIMARY KEY, points integer NOT NULL DEFAULT 0, expire bigint)`,
  );
}

function sharedLimiter(pool: pg.Pool, name: string, { points, seconds }: Limit): RateLimiterPostgres {
  return new RateLimiterPostgres({
    storeClient: pool,
    storeType: "pool",
    tableName: table,
    tableCreated: true,
    keyPrefix: name,
    points,
    duration: seconds,
    inMemoryBlockOnConsumed: points,
    insuranceLimiter: new RateLimiterMemory({ keyPrefix: name, points, duration: seconds }),
  });
}

interface Lease {
  left: number;
  /** What the store had left for others when this was taken. */
  beyond: number;
  until: number;
}

function leased(limiter: RateLimiterPostgres, { limit, clock }: { limit: Limit; clock: Clock }): Take {
  const size = Math.max(1, Math.floor(limit.points * leasedShare));
  const leases = new Map<string, Lease>();
  const taking = new Map<string, Promise<Lease>>();
  const renew = (key: string): Promise<Lease> => {
    const underWay = taking.get(key);
    if (underWay !== undefined) return underWay;
    const renewed = newLease(limiter, { key, size, points: limit.points, clock }).then((lease) => {
      if (leases.size >= rememberedKeys) forgetEnded(leases, clock.now());
      leases.set(key, lease);
      return lease;
    });
    taking.set(key, renewed);
    return renewed.finally(() => taking.delete(key));
  };
  return async (key) => {
    let lease = leases.get(key);
    // Those who waited for the same lease may have spent it; an empty new one is the store's "no".
    while (lease === undefined || lease.until <= clock.now() || (lease.left === 0 && lease.beyond > 0)) {
      lease = await renew(key);
      if (lease.left === 0 && lease.beyond === 0) break;
    }
    const allowed = lease.left > 0;
    if (allowed) lease.left -= 1;
    const resetSeconds = Math.max(1, Math.ceil((lease.until - clock.now()) / 1000));
    return { allowed, limit, remaining: lease.left + lease.beyond, resetSeconds };
  };
}

interface LeaseRequest {
  key: string;
  size: number;
  points: number;
  clock: Clock;
}

async function newLease(
  limiter: RateLimiterPostgres,
  { key, size, points, clock }: LeaseRequest,
): Promise<Lease> {
  const answer = await limiter.consume(key, size).catch((refusal: unknown) => {
    if (refusal instanceof RateLimiterRes) return refusal;
    throw refusal;
  });
  // The store counts the whole lease even if only a part of it was left; nothing at all was counted for a key that is blocked in memory.
  const before = answer.consumedPoints - size;
  const left = answer.consumedPoints === 0 ? 0 : Math.max(0, Math.min(size, points - before));
  return {
    left,
    beyond: left === size ? answer.remainingPoints : 0,
    until: clock.now() + answer.msBeforeNext,
  };
}

function forgetEnded(leases: Map<string, Lease>, now: number): void {
  for (const [key, lease] of leases) if (lease.until <= now) leases.delete(key);
  if (leases.size >= rememberedKeys) leases.clear();
}
