import type { DomainEvent } from "../domain/event.ts";
import { agedPriority } from "../scheduler/ageing.ts";
import { grantClaims, type StepClaim } from "../scheduler/grant-claims.ts";
import {
  deleteClaims,
  grantedOf,
  insertClaims,
  listClaims,
  lockClaims,
  markGranted,
  type NewClaims,
  type StoredClaim,
} from "../store/claims.ts";
import type { Database, Store } from "../store/database.ts";
import { insertEvents } from "../store/events.ts";
import { persistently } from "../store/transient.ts";

/** What steps of several runs may want at the same time. */
export interface Resources {
  /** Resolves when the step has all that it claims, with how to give it back; rejects with the signal's reason when that stops it. */
  claim(wanted: NewClaims, signal: AbortSignal): Promise<() => void>;
  /** Claims may have been granted elsewhere. */
  look(): Promise<void>;
  /** Grants what can be granted now: something was given back. */
  settle(): Promise<void>;
}

export interface ResourcesOptions {
  executorId: string;
  /** Told of what happened, for metrics and logs; the rows are written here. */
  observe: (event: DomainEvent) => void;
  onError: (error: Error) => void;
}

/** Claims and grants over all processes: whoever asks or gives back settles who is next, one process at a time. */
export function claimResources(store: Store, { executorId, observe, onError }: ResourcesOptions): Resources {
  const waiting = new Map<string, () => void>();
  const settle = async () => {
    (await persistently(() => store.transaction(grant), onError)).forEach(observe);
    await look();
  };
  async function look(): Promise<void> {
    const keys = [...waiting.keys()];
    if (keys.length === 0) return;
    for (const key of await grantedOf(store.pool, { keys, executor: executorId })) waiting.get(key)?.();
  }
  const release = (key: string) => {
    waiting.delete(key);
    const gone = persistently(() => deleteClaims(store.pool, { executor: executorId, key }), onError);
    gone.then(settle).catch(onError);
  };
  return {
    settle,
    look,
    async claim(wanted, signal) {
      await persistently(() => insertClaims(store.pool, { wanted, executor: executorId }), onError);
      const granted = new Promise<void>((done) => waiting.set(wanted.key, done));
      const stopped = new Promise<never>((_, refuse) => {
        signal.addEventListener("abort", () => refuse(signal.reason), { once: true });
        if (signal.aborted) refuse(signal.reason);
      });
      try {
        void settle().catch(onError);
        await Promise.race([granted, stopped]);
        waiting.delete(wanted.key);
        return () => release(wanted.key);
      } catch (error) {
        release(wanted.key);
        throw error;
      }
    },
  };
}

async function grant(db: Database): Promise<DomainEvent[]> {
  await lockClaims(db);
  const { granted, events } = grantClaims((await listClaims(db)).map(asClaim));
  if (granted.length === 0) return [];
  await markGranted(db, granted);
  const at = new Date().toISOString();
  await insertEvents(
    db,
    events.map((event) => ({ ...event, at })),
  );
  return events;
}

function asClaim({ key, resource, alone, granted, prefers, ...claim }: StoredClaim): StepClaim {
  const { runId, capabilities, acceptedAt, parts, priority, waitedSeconds } = claim;
  const aged = agedPriority({ priority, waitedSeconds });
  // An agent may do several steps at once: here each stands for itself.
  const party = { agent: key, runId, priority: aged, capabilities, acceptedAt, parts };
  return { key, resource, alone, granted, prefers, party };
}
