import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { type Clock, wallClock } from "../clock.ts";
import type { Store } from "../store/database.ts";
import { temporaryStore } from "../store/temporary-store.ts";
import { openLimits } from "./limits.ts";

let store: Store;
/** However busy the machine is, the store is there. */
const patient = { clock: wallClock, storeTimeoutMs: 60_000 };
beforeAll(async () => {
  store = await temporaryStore();
});
afterAll(() => store.close());

test("processes share a limit to the last request, however many ask at once", async () => {
  const processes = await Promise.all([1, 2, 3].map(() => openLimits(store.url, patient)));
  const takes = processes.map((limits) => limits.limit("shared", { points: 1_000, seconds: 300 }));
  const taken = await Promise.all(Array.from({ length: 3_000 }, (_, index) => takes[index % 3]?.("ada")));
  expect(taken.filter((allowance) => allowance?.allowed)).toHaveLength(1_000);
  await Promise.all(processes.map((limits) => limits.close()));
});

test("a limit is free again when its window has ended, and says when that is", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const clock: Clock = { now: () => Date.now(), sleep: async () => {} };
  const limits = await openLimits(store.url, { ...patient, clock });
  const take = limits.limit("window", { points: 2, seconds: 1 });
  expect([(await take("a")).allowed, (await take("a")).allowed]).toEqual([true, true]);
  expect(await take("a")).toMatchObject({ allowed: false, remaining: 0, resetSeconds: 1 });
  vi.setSystemTime(Date.now() + 1_050);
  expect((await take("a")).allowed).toBe(true);
  await limits.close();
});

test("while the store is away each process counts for itself, and nobody waits (CC-13)", async () => {
  const own = await temporaryStore();
  const limits = await openLimits(own.url, { clock: wallClock });
  const take = limits.limit("away", { points: 3, seconds: 300 });
  await own.close();
  const taken = [];
  for (let count = 0; count < 5; count += 1) taken.push(await take("ada"));
  expect(taken.map(({ allowed }) => allowed)).toEqual([true, true, true, false, false]);
  await limits.close();
});

test("a store that takes what it is sent and never answers counts as away too (CC-13)", async () => {
  const silent = await fallingSilent(store.url);
  const limits = await openLimits(silent.url, { clock: wallClock, storeTimeoutMs: 2_000 });
  const take = limits.limit("silent", { points: 2, seconds: 300 });
  silent.fall();
  const taken = [await take("ada"), await take("ada"), await take("ada")];
  expect(taken.map(({ allowed }) => allowed)).toEqual([true, true, false]);
  await limits.close();
});

/** The database behind a door that lets everything through until it falls silent, without closing anything. */
async function fallingSilent(url: string): Promise<{ url: string; fall(): void }> {
  const { hostname, port } = new URL(url);
  const sockets: Socket[] = [];
  let isSilent = false;
  const server = createServer((client) => {
    const database = connect(Number(port), hostname);
    sockets.push(client, database);
    for (const socket of [client, database]) socket.on("error", () => undefined);
    client.on("data", (data) => void (isSilent || database.write(data)));
    database.on("data", (data) => void (isSilent || client.write(data)));
    client.on("close", () => database.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const behind = new URL(url);
  behind.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: behind.href,
    fall() {
      isSilent = true;
    },
  };
}
