import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { handClock } from "../../tests/hand-clock.ts";
import { ownPlatform } from "../../tests/project-model.ts";
import type { DomainEvent } from "../domain/event.ts";
import { type Database, openStore, type Store } from "../store/database.ts";
import { startEmbedded } from "../store/embedded.ts";
import type { Circuit } from "./circuit.ts";
import { LiveBreaker } from "./live-breaker.ts";
import type { ModeState } from "./mode-state.ts";
import { Resilience } from "./resilience.ts";
import { sharedStates } from "./shared-states.ts";

const weathervane = await ownPlatform("weathervane");
const folder = await mkdtemp(join(tmpdir(), "states-"));
// The server does not run as root.
await chmod(folder, 0o755);
const start = () => startEmbedded({ folder: join(folder, "server"), settings: ["fsync=off"] });
let server = await start();
let stores: Store[] = [];
afterAll(async () => {
  for (const store of stores) await store.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A replica's own connections, to wherever the server is. */
async function connected(): Promise<Database> {
  const number = stores.length;
  stores.push(await openStore(server.url, { connections: 4 }));
  return {
    query: (...args: never[]) => (stores[number] as Store).pool.query(...(args as [never])),
  } as Database;
}

const first = await connected();
const modelProvider = weathervane.breakers.filter(({ name }) => name === "model-provider");

async function replicas(count: number, breaker = modelProvider[0]) {
  await first.query("TRUNCATE shared_states");
  if (!breaker) throw new Error("no such breaker");
  const clock = handClock();
  const events: DomainEvent[] = [];
  const record = (event: DomainEvent) => void events.push(event);
  const all = await Promise.all(
    Array.from({ length: count }, async () => {
      const store = sharedStates<Circuit>(await connected(), "breaker");
      return new LiveBreaker(breaker, { clock, record, store });
    }),
  );
  return { all, clock, events };
}

test("of failures that four replicas report at once none is lost, and the one that opens the breaker is recorded once", async () => {
  const [breaker] = modelProvider;
  const patient = breaker && { ...breaker, opens: { kind: "consecutive-failures" as const, failures: 100 } };
  const { all, events } = await replicas(4, patient);
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
  const { all, clock } = await replicas(8);
  for (let i = 0; i < 5; i++) await all[0]?.report("failure");
  await clock.pass(60_000);
  const admissions = await Promise.all([...all, ...all].map((one) => one.admit()));
  expect(admissions.filter(({ admitted }) => admitted)).toEqual([{ admitted: true, trial: true }]);
});

test("modes are shared, and names of sessions are no SQL", async () => {
  const agenthive = await ownPlatform("agenthive");
  const clock = handClock();
  const replica = async () => {
    const db = await connected();
    const shared = {
      breakers: sharedStates<Circuit>(db, "breaker"),
      modes: sharedStates<ModeState>(db, "mode"),
    };
    return new Resilience({ platform: agenthive, clock, stores: shared, record: () => {} });
  };
  const [one, other] = [await replica(), await replica()];
  const name = `x'; DROP TABLE shared_states; --`;
  await one.session(name)?.measure({ "session-age": 60_000 });
  other.session(name);
  await other.refresh();
  expect(other.restrictions(name)).toMatchObject({ accepts: false });
  expect(other.restrictions("another")).toMatchObject({ accepts: true });
});

test("with the database stopped each replica goes on by itself, and they agree again when it is back", async () => {
  const { all, clock } = await replicas(2);
  const [one, other] = all;
  if (!one || !other) throw new Error("two replicas are needed");
  await one.report("failure");
  await other.state();
  await server.stop();
  for (let i = 0; i < 5; i++) await one.report("failure");
  expect((await one.state()).state).toBe("open");
  expect((await other.state()).state).toBe("closed");
  const before = stores;
  server = await start();
  stores = await Promise.all(before.map(() => openStore(server.url, { connections: 4 })));
  for (const store of before) await store.close();
  // What is stored is what holds: the failures from before, and those that follow.
  for (let i = 0; i < 4; i++) await one.report("failure");
  expect((await other.state()).state).toBe("open");
  await clock.pass(60_000);
  expect(await other.admit()).toEqual({ admitted: true, trial: true });
});
