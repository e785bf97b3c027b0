import pg from "pg";
import { ledgerError } from "./fault.ts";
import type { Added, LedgerStore, StoredTexts } from "./ledger.ts";
import { MIGRATION } from "./postgres-table.ts";

const CONNECT_TIMEOUT_MS = 15_000;
const STATEMENT_TIMEOUT_MS = 60_000;

/** Where a ledger is in PostgreSQL. */
export interface PostgresPlace {
  platform: string;
  /** Environment variable that holds the address of the database. */
  variable: string;
  env: NodeJS.ProcessEnv;
}

/**
 * A ledger in a PostgreSQL: a row for each record, whose number one alone can insert, and a row with the head, written in one transaction. The tables
 * are made where there are none.
 */
export class PostgresStore implements LedgerStore {
  readonly place: string;
  readonly #platform: string;
  readonly #at: PostgresPlace;
  #opened: Promise<pg.Pool> | undefined;

  constructor(at: PostgresPlace) {
    this.#at = at;
    this.#platform = at.platform;
    this.place = `PostgreSQL (${at.variable})`;
  }

  where(number: number): string {
    return `${this.place}, fairlead.ledger_records, ledger ${this.#platform}, number ${number}`;
  }

  async read(): Promise<StoredTexts> {
    // One statement sees one state.
    const sql = `SELECT 0 AS number, head AS text FROM fairlead.ledger_heads WHERE ledger = $1
      UNION ALL SELECT number, record FROM fairlead.ledger_records WHERE ledger = $1 ORDER BY number`;
    const pool = await this.#pool();
    const { rows } = await pool
      .query<{ number: number; text: string }>(sql, [this.#platform])
      .catch((error: Error) => this.#failed("read", error));
    const head = rows.find(({ number }) => number === 0)?.text;
    const all = rows.filter(({ number }) => number > 0);
    const gap = all.findIndex(({ number }, i) => number !== i + 1);
    return {
      records: (gap < 0 ? all : all.slice(0, gap)).map(({ text }) => text),
      ...(head !== undefined && { head }),
      notes: (gap < 0 ? [] : all.slice(gap)).map(({ number }) => ({
        rule: "ledger/foreign-file",
        severity: "warning",
        message: `${this.where(number)} stands beyond a gap`,
        fix: "it counts for nothing: find out where it comes from",
      })),
    };
  }

  async append(added: Added): Promise<boolean> {
    const pool = await this.#pool();
    const client = await pool.connect().catch((error: Error) => this.#failed("written", error));
    let isBroken = true;
    try {
      // Whatever the server's setting: what is acknowledged is on its disk.
      await client.query("BEGIN; SET LOCAL synchronous_commit TO on");
      const isIn = await this.#insert(client, added);
      await client.query(isIn ? "COMMIT" : "ROLLBACK");
      isBroken = false;
      return isIn;
    } catch (error) {
      return this.#failed("written", error as Error);
    } finally {
      // A transaction that is not ended goes with its connection.
      client.release(isBroken);
    }
  }

  async close(): Promise<void> {
    await (await this.#opened?.catch(() => undefined))?.end();
  }

  async #insert(client: pg.PoolClient, { number, record, head }: Added): Promise<boolean> {
    const insert = "INSERT INTO fairlead.ledger_records VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    const { rowCount } = await client.query(insert, [this.#platform, number, record]);
    if (rowCount !== 1) return false;
    const put =
      number === 1
        ? "INSERT INTO fairlead.ledger_heads VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
        : "UPDATE fairlead.ledger_heads SET number = $2, head = $3 WHERE ledger = $1 AND number = $2 - 1";
    return (await client.query(put, [this.#platform, number, head])).rowCount === 1;
  }

  #pool(): Promise<pg.Pool> {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  async #open(): Promise<pg.Pool> {
    const { variable, env } = this.#at;
    const connectionString = env[variable];
    if (!connectionString) {
      const message = `the ledger is in a PostgreSQL whose address stands in ${variable}, and that is not set`;
      throw ledgerError({ why: "unavailable", message, fix: `set ${variable}=postgresql://…` });
    }
    const pool = new pg.Pool({
      ...{ connectionString, max: 2, connectionTimeoutMillis: CONNECT_TIMEOUT_MS, allowExitOnIdle: true },
      ...{ statement_timeout: STATEMENT_TIMEOUT_MS, query_timeout: STATEMENT_TIMEOUT_MS + 5_000 },
    });
    // A connection that breaks while nobody uses it is made anew.
    pool.on("error", () => undefined);
    try {
      const { rows } = await pool.query("SELECT to_regclass('fairlead.ledger_heads') AS there");
      // Several statements at once are one transaction.
      if (rows[0]?.there === null) await pool.query(MIGRATION);
      return pool;
    } catch (error) {
      await pool.end();
      return this.#failed("read", error as Error);
    }
  }

  #failed(done: "read" | "written", error: Error & { code?: string }): never {
    // Of an address that cannot be understood, the error may hold it.
    const said = error.message.split("\n")[0]?.replace(/\w+:\/\/\S+/g, "its address");
    throw ledgerError({
      why: "unavailable",
      message: `the ledger in ${this.place} cannot be ${done}: ${said || error.code || "it does not answer"}`,
      fix: "see whether the database can be reached and has room, and what its user may do; what was acknowledged before is kept",
    });
  }
}
