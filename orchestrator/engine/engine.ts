import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { DBOS, type DBOSConfig } from "@dbos-inc/dbos-sdk";
import {
  enqueueWorkflows,
  prepareEnqueuedWorkflow,
  registerInternalQueue,
} from "@dbos-inc/dbos-sdk/eventreceiver";
import { DBOSExecutor } from "@dbos-inc/dbos-sdk/internal/dbos-executor";
import type { Clock } from "../clock.ts";
import type { Worker } from "../domain/agent.ts";
import type { DomainEvent, RecordEvent } from "../domain/event.ts";
import type { RunRequest } from "../domain/run.ts";
import type { Store } from "../store/database.ts";
import { type Journal, openJournal } from "../store/journal.ts";
import { newRunId } from "../store/run-id.ts";
import { persistently } from "../store/transient.ts";
import { builtIn, storeWorkflow } from "../store/workflows.ts";
import { type Acceptance, type Caller, runAcceptance } from "./accept-runs.ts";
import { type Admission, inOrderOfPriority, type OrderRuns, startAdmission } from "./admission.ts";
import { type Controls, controlChannel, runControls } from "./controls.ts";
import { echoWorkflow } from "./echo.ts";
import { executeRun } from "./execute-run.ts";
import type { Patience } from "./judge-executors.ts";
import { endedWithoutWork, failHopeless, type RunManagement, runManagement } from "./manage-runs.ts";
import { anyAgent, type Parts, type PlaceStep } from "./parts.ts";
import { planReader } from "./plan.ts";
import { announcePresence, type Presence } from "./presence.ts";
import { findStranded, recoverExecutor } from "./recovery.ts";

/**
 * Stands for the order in which a run's workflow calls DBOS. It changes with that order, so that no process goes on with a run that
 * another version began.
 */
const engineVersion = "1";

const queueName = "runs";

/** Key of the advisory lock under which one process migrates DBOS's tables while the others wait. */
const dbosMigrationLock = 0x66_6c_64_62;

/** Milliseconds between two searches for runs that nobody would finish. */
const searchEveryMs = 10_000;

export interface EngineOptions {
  worker: Worker;
  clock: Clock;
  /** Runs at once, over all processes (WV-13: 10); 0: none is started now. */
  limit: () => number;
  /** Runs that may wait (NX-4: 1,000). */
  queueLimit: number;
  /** Why no new runs are accepted now (WV-12). */
  closed?: () => string | undefined;
  order?: OrderRuns;
  place?: PlaceStep;
  retryDelayMs?: (failed: number) => number;
  /** Makes metrics and log lines of what happened; the rows are written by the engine. */
  observe?: (event: DomainEvent) => void;
  onError?: (error: Error) => void;
  /** Other processes gave this one up: it must end, and may start again under a new id. */
  onShutOut?: () => void;
  patience?: Patience;
  /** Milliseconds between two looks at the queue of admitted runs. */
  pollMs?: number;
  /** Runs that this process executes at once, at most. */
  atOnce?: number;
  /** Connections of DBOS. */
  connections?: number;
}

export interface Engine extends RunManagement {
  /** Unique to this process. */
  executorId: string;
  accept(request: RunRequest, caller: Caller): Promise<Acceptance>;
  /** Records what happened: a row, metrics, a log line. */
  record: RecordEvent;
  /** What stands in the way of serving; nothing: ready. */
  unready(): string | undefined;
  /**
   * Stops: accepts and starts nothing more, lets the steps under way end for so long, and gives what is left to other processes, or to the
   * next start.
   */
  drain(limitMs: number): Promise<void>;
}

/** Starts the engine on a store. One engine a process: DBOS is one. */
export async function startEngine(store: Store, options: EngineOptions): Promise<Engine> {
  const { observe = () => undefined, onError = () => undefined } = options;
  const executorId = `${hostname()}-${process.pid}-${newRunId().slice(-8)}`;
  let stopping: string | undefined;
  let working = 0;

  const journal = openJournal(store, {
    executorId,
    onShutOut: shutOut,
    onFinished(event) {
      observe(event);
      // What depends on it can never start.
      if (event.outcome !== "succeeded") search.now();
    },
    onError,
  });
  const record: RecordEvent = (event) => {
    journal.event(event);
    observe(event);
  };
  const controls = runControls(store);
  const wake = () => admission.wake();
  const parts = {
    store,
    journal,
    controls,
    record,
    clock: options.clock,
    onFree: wake,
    onError,
  } satisfies Partial<Parts>;
  const enqueue = registerRunWorkflow(store, {
    parts: {
      ...parts,
      worker: async (assignment, signal) => {
        working += 1;
        try {
          return await options.worker(assignment, signal);
        } finally {
          working -= 1;
        }
      },
      place: options.place ?? anyAgent,
      retryDelayMs: options.retryDelayMs ?? ((failed) => 1_000 * 2 ** (failed - 1)),
    },
    pollMs: options.pollMs ?? 25,
    ...(options.atOnce !== undefined && { atOnce: options.atOnce }),
  });

  await storeWorkflow(store.pool, { project: builtIn, definition: echoWorkflow, createdBy: "orchestrator" });
  const presence = await announcePresence(store, {
    executorId,
    ...(options.patience && { patience: options.patience }),
    channels: { [controlChannel]: () => void controls.refresh().catch(onError) },
    recover: (id) => recoverExecutor(store.pool, id),
    onShutOut: shutOut,
    onError,
  });
  await migrateDbos(store);
  DBOS.setConfig(dbosConfig(store, { executorId, connections: options.connections ?? 10, onError }));
  await DBOS.launch();
  const admission: Admission = startAdmission(store, {
    order: options.order ?? inOrderOfPriority,
    limit: () => (stopping === undefined && !controls.paused() ? options.limit() : 0),
    enqueue,
    observe,
    onError,
  });
  const search = startSearch(store, { journal, observe, onError });
  const accept = runAcceptance(store, {
    queueLimit: options.queueLimit,
    closed: () => stopping ?? options.closed?.(),
    observe,
    onQueued: wake,
  });

  function shutOut(): void {
    stopping = "others gave this process up";
    controls.hold();
    options.onShutOut?.();
  }

  return {
    ...runManagement(store, { observe }),
    executorId,
    accept,
    record,
    unready: () => stopping ?? (presence.connected() ? undefined : "the database is away"),
    async drain(limitMs) {
      stopping ??= "this process is stopping";
      await stop({ admission, search, controls, journal, presence, store, executorId }, async () => {
        const end = Date.now() + limitMs;
        while (working > 0 && Date.now() < end) await delay(20);
      });
    },
  };
}

interface Stopping {
  admission: Admission;
  search: { close(): Promise<void> };
  controls: Controls;
  journal: Journal;
  presence: Presence;
  store: Store;
  executorId: string;
}

/** What is left when the steps under way have ended, or had their time, goes back to the queue: others need not find out that we are gone. */
async function stop(running: Stopping, stepsEnd: () => Promise<void>): Promise<void> {
  const { admission, search, controls, journal, presence, store, executorId } = running;
  await Promise.all([admission.close(), search.close()]);
  controls.hold();
  await DBOSExecutor.globalInstance?.deactivateEventReceivers();
  await stepsEnd();
  await journal.flush();
  controls.end();
  await recoverExecutor(store.pool, executorId);
  await presence.close();
  await DBOS.shutdown({ deregister: true });
}

function registerRunWorkflow(store: Store, options: { parts: Parts; pollMs: number; atOnce?: number }) {
  const { parts, pollMs, atOnce } = options;
  const readPlan = planReader(store);
  const workflow = DBOS.registerWorkflow(
    async (runId: string): Promise<void> => {
      const plan = await persistentPlan(runId);
      // Deleted, or ended while it waited in the queue.
      if (plan && !["succeeded", "failed", "cancelled"].includes(plan.state)) await executeRun(plan, parts);
    },
    { name: "run", maxRecoveryAttempts: 1_000 },
  );
  const persistentPlan = (runId: string) => persistently(() => readPlan(runId), parts.onError);
  registerInternalQueue(queueName, {
    minPollingIntervalMs: pollMs,
    ...(atOnce !== undefined && { workerConcurrency: atOnce }),
  });
  return async (ids: readonly string[]): Promise<void> => {
    const prepared = ids.map((id) => prepareEnqueuedWorkflow(workflow, [id], { queueName, workflowID: id }));
    await enqueueWorkflows(await Promise.all(prepared));
  };
}

function startSearch(
  store: Store,
  {
    journal,
    observe,
    onError,
  }: { journal: Journal; observe: (event: DomainEvent) => void; onError: (error: Error) => void },
) {
  let under: Promise<void> | undefined;
  const search = async () => {
    (await failHopeless(store)).forEach(observe);
    const { failed } = await findStranded(store);
    for (const { status, ...run } of failed) {
      const finished = endedWithoutWork(run, "failed");
      await journal.run({
        id: run.id,
        state: "failed",
        error: `it could not be executed (${status})`,
        finished,
      });
    }
  };
  const now = () => {
    under ??= search()
      .catch(onError)
      .finally(() => {
        under = undefined;
      });
  };
  const timer = setInterval(now, searchEveryMs).unref();
  return {
    now,
    async close() {
      clearInterval(timer);
      await under;
    },
  };
}

/**
 * DBOS's own migrations fail when processes that start together make them at the same time. They build indices concurrently, which waits
 * for all transactions to end: so nobody may wait for the lock inside of one.
 */
async function migrateDbos({ pool, url }: Store): Promise<void> {
  const session = await pool.connect();
  const lock = async () =>
    (await session.query<{ mine: boolean }>("SELECT pg_try_advisory_lock($1) AS mine", [dbosMigrationLock]))
      .rows[0]?.mine;
  try {
    while (!(await lock())) await delay(50);
    await DBOS.migrate(url);
    await session.query("SELECT pg_advisory_unlock($1)", [dbosMigrationLock]);
    session.release();
  } catch (error) {
    // Ends the session, and with it the lock.
    session.release(true);
    throw error;
  }
}

function dbosConfig(
  store: Store,
  {
    executorId,
    connections,
    onError,
  }: { executorId: string; connections: number; onError: (error: Error) => void },
): DBOSConfig {
  const quiet = () => undefined;
  return {
    name: "fairlead-orchestrator",
    systemDatabaseUrl: store.url,
    systemDatabasePoolSize: connections,
    applicationVersion: engineVersion,
    executorID: executorId,
    runMigrations: false,
    listenQueues: [],
    // Nothing here waits for DBOS's own messages and events.
    useListenNotify: false,
    logger: {
      info: quiet,
      debug: quiet,
      warn: (entry) => onError(new Error(String(entry))),
      error: (entry) => onError(new Error(String(entry))),
    },
  };
}
