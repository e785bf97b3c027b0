import { expect, test } from "vitest";
import type { Clock } from "../clock.ts";
import type { Database } from "../store/database.ts";
import { databasePulse } from "./database-pulse.ts";
import type { Resilience } from "./resilience.ts";

test("WV-9: how long the database is silent is known while a statement waits, and over with the next answer", async () => {
  const stopped = new AbortController();
  let answers = true;
  let asked = 0;
  const db = {
    async query() {
      asked += 1;
      if (!answers) throw new Error("Connection terminated");
    },
  } as unknown as Database;
  // Time passes only where somebody waits for it: as fast as the machine goes.
  const clock: Clock = { now: Date.now, sleep: () => new Promise((done) => setTimeout(done, 1)) };
  const breakers: Resilience["breakers"] = new Map();
  const pulse = databasePulse({ resilience: { breakers }, db, clock });
  const watching = pulse.watch(stopped.signal);
  await expect.poll(() => asked).toBeGreaterThan(2);
  answers = false;
  await expect.poll(() => pulse.silentSeconds()).toBeGreaterThan(0.2);
  const before = asked;
  await expect.poll(() => asked).toBeGreaterThan(before);
  answers = true;
  await expect.poll(() => pulse.silentSeconds()).toBeLessThan(0.2);
  stopped.abort();
  await watching;
});
