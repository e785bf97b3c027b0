import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import type { Store } from "../store/database.ts";
import { beat, executorLock, registerExecutor, sightExecutors } from "../store/executors.ts";
import { executorJudge, type Patience } from "./judge-executors.ts";

export interface PresenceOptions {
  executorId: string;
  patience?: Patience;
  /** What is done with notifications, by channel; also called once after each connection, since some may have been missed. */
  channels: Record<string, () => void>;
  /** Called each second while the database is there, for what a notification did not bring about. */
  eachSecond: () => void;
  /** Gives to others what a dead executor held. */
  recover: (executorId: string) => Promise<void>;
  /** Others declared this executor dead: nothing that it writes counts any more. */
  onShutOut: () => void;
  onError: (error: Error) => void;
}

export interface Presence {
  /** Whether a session stands now; while none does, the database is away. */
  connected(): boolean;
  close(): Promise<void>;
}

/** Milliseconds between two looks at the other executors, and two signs of life. */
const paceMs = 250;
const looksASecond = 4;

/**
 * Makes this process known as an executor and keeps watch over the others. A session holds an advisory lock for as long as the process lives:
 * when it is killed, the server lets go of the lock at once, and those who survive see that, without having to wait for a
 * lease to run out. The same session listens for notifications.
 */
export async function announcePresence(store: Store, options: PresenceOptions): Promise<Presence> {
  const { executorId, onError } = options;
  const slot = await registerExecutor(store.pool, executorId);
  const judge = executorJudge(options.patience);
  const ending = new AbortController();
  let session: pg.Client | undefined;
  let looks = 0;

  const connect = async () => {
    const onGone = () => {
      session = undefined;
    };
    session = await openSession(store.url, { ...options, slot, onGone });
  };

  async function look(): Promise<void> {
    if (!session) await connect();
    if (!(await beat(store.pool, executorId))) {
      options.onShutOut();
      return ending.abort();
    }
    if (looks++ % looksASecond === 0) options.eachSecond();
    const others = (await sightExecutors(store.pool)).filter(({ id }) => id !== executorId);
    for (const id of judge(others, performance.now())) await options.recover(id);
  }

  await connect();
  const watching = repeat(() => look().catch(onError), ending.signal);
  return {
    connected: () => session !== undefined,
    async close() {
      ending.abort();
      await watching;
      await session?.end().catch(() => undefined);
    },
  };
}

async function repeat(what: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await what();
    await delay(paceMs, undefined, { signal }).catch(() => undefined);
  }
}

/** A session that listens and holds the lock of the slot; nothing while the database is away. */
async function openSession(
  url: string,
  { channels, onError, onGone, slot }: PresenceOptions & { slot: number; onGone: () => void },
): Promise<pg.Client | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, keepAlive: true });
  client.on("error", onGone).on("end", onGone);
  client.on("notification", ({ channel }) => channels[channel]?.());
  try {
    await client.connect();
    for (const channel of Object.keys(channels)) await client.query(`LISTEN ${channel}`);
  } catch (error) {
    onError(error as Error);
    await client.end().catch(() => undefined);
    return undefined;
  }
  for (const wake of Object.values(channels)) wake();
  // The server may still hold it for the session before this one, so this can take a while: nothing waits for it.
  client.query("SELECT pg_advisory_lock($1, $2)", [executorLock, slot]).catch(onGone);
  return client;
}
