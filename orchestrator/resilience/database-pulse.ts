import type { Clock } from "../clock.ts";
import type { Database } from "../store/database.ts";
import type { Resilience } from "./resilience.ts";

/** Breakers of the database that everything here stands on, as platforms name it. */
export const databaseBreakers = ["database", "database-pool"];

/** Whether the database answers this process. */
export interface DatabasePulse {
  /** Seconds since it answered last. */
  silentSeconds(): number;
  /** Asks it, until the signal comes. */
  watch(signal: AbortSignal): Promise<void>;
}

const EVERY_MS = 1_000;

interface PulseContext {
  resilience: Pick<Resilience, "breakers">;
  db: Database;
  clock: Clock;
}

/**
 * Asks the database with a small statement each second, by way of its breakers where the platform has them: so they learn that it does
 * not answer, also whether it does again. Apart from all other work, which waits for as long as a statement may take.
 */
export function databasePulse({ resilience, db, clock }: PulseContext): DatabasePulse {
  let answeredAt = performance.now();
  const ask = async () => {
    await db.query("SELECT 1");
    answeredAt = performance.now();
  };
  const pulse = async () => {
    const breakers = databaseBreakers.flatMap((name) => resilience.breakers.get(name) ?? []);
    const asked = breakers.length > 0 ? breakers.map((breaker) => breaker.execute(ask)) : [ask()];
    await Promise.all(asked.map((one) => one.catch(() => undefined)));
  };
  return {
    silentSeconds: () => (performance.now() - answeredAt) / 1_000,
    async watch(signal) {
      while (!signal.aborted) {
        await pulse();
        await clock.sleep(EVERY_MS, signal).catch(() => undefined);
      }
    },
  };
}
