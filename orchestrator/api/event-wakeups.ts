import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { eventsChannel } from "../store/events.ts";

export interface EventWakeUps {
  /** Calls back whenever there may be new events; returns how to stop it. */
  onNew(wake: () => void): () => void;
  close(): Promise<void>;
}

/** While the connection is away readers look by themselves this often. */
const reconnectMs = 1_000;

/** Listens to the store's notifications on a connection of its own, and comes back when that breaks. Returns at once. */
export function eventWakeUps(databaseUrl: string): EventWakeUps {
  const wakes = new Set<() => void>();
  const wakeAll = (): void => {
    for (const wake of wakes) wake();
  };
  const closing = new AbortController();
  const listening = (async () => {
    while (!closing.signal.aborted) {
      await listenUntilItBreaks(databaseUrl, { wakeAll, signal: closing.signal });
      wakeAll();
      await delay(reconnectMs, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  })();
  return {
    onNew: (wake) => {
      wakes.add(wake);
      return () => wakes.delete(wake);
    },
    close: () => {
      closing.abort();
      return listening;
    },
  };
}

interface Listening {
  wakeAll: () => void;
  signal: AbortSignal;
}

async function listenUntilItBreaks(databaseUrl: string, { wakeAll, signal }: Listening): Promise<void> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });
  const ended = new Promise<void>((resolve) => {
    client.on("error", () => resolve());
    client.on("end", () => resolve());
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  client.on("notification", wakeAll);
  try {
    await client.connect();
    await client.query(`LISTEN ${eventsChannel}`);
    // What came before the connection stood has notified nobody.
    wakeAll();
    await ended;
  } catch {
    // Tried again by the caller.
  } finally {
    await client.end().catch(() => undefined);
  }
}
