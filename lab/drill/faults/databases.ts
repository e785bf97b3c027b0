import pg from "pg";
import { databaseUrl } from "../../parts/database.ts";
import type { Fault } from "../fault.ts";
import type { Field } from "../field.ts";
import { availability, isReady, killed, latency, usual } from "./weathervane.ts";

/** Fired where the database fails for longer than a drill lets it, or by the traffic that it has held up. */
const noAnswers = [
  ...["Autopilot", "DashboardApi"].flatMap((service) => [
    ...[`${service}DbFailing`, `${service}DbTimeouts`, `${service}DbSlow`],
  ]),
  ...["DashboardApiHttpErrors", "PendingTasksHigh", ...availability, ...latency],
];
const openTransaction = "drill";
/** PostgreSQL's SQLSTATE for what does not exist. */
const undefinedObject = "42704";

/** Has the database's owner do something, on a connection of his own. */
async function asOwner(field: Field, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({
    connectionString: await databaseUrl(field.folder),
    ...{ connectionTimeoutMillis: 5_000, query_timeout: 10_000 },
  });
  client.on("error", () => undefined);
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Ends the transaction that was left open; that there is none is as well. */
async function endTransaction(field: Field): Promise<void> {
  try {
    await asOwner(field, [`ROLLBACK PREPARED '${openTransaction}'`]);
  } catch (error) {
    if ((error as pg.DatabaseError).code !== undefinedObject) throw error;
  }
}

let asked: readonly string[] = [];

/** What the database does wrong. What is done to it stays until it is healed, also when whoever did it has gone. */
export const databaseFaults: readonly Fault[] = [
  {
    ...{ ...usual, name: "database-down", title: "PostgreSQL is gone" },
    fires: [{ alert: "DatabaseSilent" }],
    mayFire: [...noAnswers, "BreakerTripped"],
    byItself: "refuses with 503 and when to try again, keeps the steps' results, and goes on when it is back",
    healthyAgain: "when the orchestrators are ready",
    inject: (field) => killed(field, "database"),
    heal: (field) => field.bringUp(),
    isHealthy: isReady,
  },
  {
    ...{
      ...usual,
      name: "database-pool-exhausted",
      title: "A transaction that was left open keeps all connections busy",
    },
    fires: [{ alert: "DatabaseSilent" }],
    mayFire: [...noAnswers, "AutopilotDbPoolFull", "DashboardApiDbPoolFull"],
    byItself: "refuses with 503 what gets no connection within 5 s, ends statements after 30 s, and goes on",
    healthyAgain: "when the orchestrators are ready",
    async inject(field) {
      // Prepared, it keeps its lock without a connection.
      const lock = "LOCK TABLE orchestrator.runs IN ACCESS EXCLUSIVE MODE";
      await asOwner(field, ["BEGIN", lock, `PREPARE TRANSACTION '${openTransaction}'`]);
      for (const replica of field.replicas())
        for (let reader = 0; reader < 20; reader++) void field.ask("GET", "/v1/runs", { replica });
    },
    heal: endTransaction,
    isHealthy: isReady,
  },
  {
    ...{
      ...usual,
      name: "database-slow",
      title: "PostgreSQL takes a tenth of a second longer for each commit",
    },
    fires: [],
    mayFire: noAnswers,
    byItself:
      "does everything later, and loses nothing; alerts of it wait for minutes, since a backup does the same",
    healthyAgain: "when the runs that were asked for meanwhile are done",
    async inject(field) {
      await asOwner(field, [
        "ALTER SYSTEM SET commit_delay = 100000",
        "ALTER SYSTEM SET commit_siblings = 0",
        "SELECT pg_reload_conf()",
      ]);
      asked = await field.start("drill-scripted", { runs: 20 });
    },
    heal: (field) =>
      asOwner(field, [
        "ALTER SYSTEM RESET commit_delay",
        "ALTER SYSTEM RESET commit_siblings",
        "SELECT pg_reload_conf()",
      ]),
    isHealthy: (field) => field.succeeded(asked),
  },
];
