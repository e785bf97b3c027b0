import { setTimeout as delay } from "node:timers/promises";
import { DBOS, type DBOSConfig } from "@dbos-inc/dbos-sdk";
import {
  enqueueWorkflows,
  prepareEnqueuedWorkflow,
  registerInternalQueue,
} from "@dbos-inc/dbos-sdk/eventreceiver";
import { DBOSExecutor } from "@dbos-inc/dbos-sdk/internal/dbos-executor";
import { openPool, type Store } from "../store/database.ts";

/**
 * Stands for the order in which a run's workflow calls DBOS. It changes with that order, so that no process goes on with a run that
 * another version began.
 */
const workflowOrder = "2";

const queueName = "runs";

/** Executions of a run at most, each after a process was lost, before DBOS gives it up: it may be what ends them. */
const executions = 1_000;

/** Key of the advisory lock under which one process launches DBOS while the others wait. */
const launchLock = 0x66_6c_64_62;

export interface DurableOptions {
  executorId: string;
  /** Executes a run; called again from the start, with its finished steps skipped by DBOS, after a process was lost. */
  execute: (runId: string) => Promise<void>;
  connections: number;
  /** Milliseconds between two looks at the queue. */
  pollMs: number;
  /** Runs that this process executes at once, at most. */
  atOnce: number;
  onError: (error: Error) => void;
}

/** DBOS, as the engine uses it. */
export interface Durable {
  /** Gives runs to the queue that all processes take from; one that was given before stays as it is. */
  enqueue(ids: readonly string[]): Promise<void>;
  /** Takes no more from the queue. */
  stopTaking(): Promise<void>;
  close(): Promise<void>;
}

/** Starts DBOS on the store's database. One a process: DBOS is a global of its own. */
export async function launchDurable(store: Store, options: DurableOptions): Promise<Durable> {
  const { onError, atOnce, pollMs } = options;
  const workflow = DBOS.registerWorkflow(options.execute, { name: "run", maxRecoveryAttempts: executions });
  registerInternalQueue(queueName, { minPollingIntervalMs: pollMs, workerConcurrency: atOnce });
  const pool = openPool(store.url, { max: options.connections, onError });
  DBOS.setConfig({ ...configuration(store, options), systemDatabasePool: pool });
  await launchAlone(store);
  return {
    async enqueue(ids) {
      const prepared = ids.map((id) =>
        prepareEnqueuedWorkflow(workflow, [id], { queueName, workflowID: id }),
      );
      await enqueueWorkflows(await Promise.all(prepared));
    },
    stopTaking: async () => DBOSExecutor.globalInstance?.deactivateEventReceivers(),
    async close() {
      await DBOS.shutdown({ deregister: true });
      await pool.end();
    },
  };
}

/** Gives to the queue what executors have taken from it and not finished; what they yet do for it is refused. */
export async function requeue(executorIds: string[]): Promise<void> {
  await DBOSExecutor.globalInstance?.recoverPendingWorkflows(executorIds);
}

/** Has DBOS forget what its callers execute, as if it had never been given to the queue; their executions must not come to an end. */
export async function withdraw(ids: string[]): Promise<void> {
  // Not by `DBOS.deleteWorkflows`: called by an execution, that is stored as a step of it.
  await DBOSExecutor.globalInstance?.systemDatabase.deleteWorkflows(ids);
}

/** Removes what DBOS knows of workflows that began before that time and have ended, but for those that are named still; gives how many. */
export async function forgetExecutions(
  { before, limit }: { before: number; limit: number },
  stillNeeded: (ids: string[]) => Promise<string[]>,
): Promise<number> {
  const found = await DBOS.listWorkflows({
    ...{ endTime: new Date(before).toISOString(), limit, loadInput: false, loadOutput: false },
    status: ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"],
  });
  const ids = found.map(({ workflowID }) => workflowID);
  const needed = new Set(await stillNeeded(ids));
  const old = ids.filter((id) => !needed.has(id));
  if (old.length > 0) await DBOS.deleteWorkflows(old);
  return old.length;
}

/**
 * At its launch DBOS brings its tables up to date, and that fails when processes that start together do it at the same time. It builds indices concurrently, which waits
 * for all transactions to end: so nobody may wait for the lock inside of one.
 */
async function launchAlone({ pool }: Store): Promise<void> {
  const session = await pool.connect();
  const lock = async () =>
    (await session.query<{ mine: boolean }>("SELECT pg_try_advisory_lock($1) AS mine", [launchLock])).rows[0]
      ?.mine;
  try {
    while (!(await lock())) await delay(50);
    await DBOS.launch();
    await session.query("SELECT pg_advisory_unlock($1)", [launchLock]);
    session.release();
  } catch (error) {
    // Ends the session, and with it the lock.
    session.release(true);
    throw error;
  }
}

function configuration(store: Store, { executorId, onError }: DurableOptions): DBOSConfig {
  const quiet = () => undefined;
  const tell = (entry: unknown) => onError(new Error(`DBOS: ${entry}`));
  return {
    name: "fairlead-orchestrator",
    systemDatabaseUrl: store.url,
    applicationVersion: workflowOrder,
    executorID: executorId,
    listenQueues: [],
    // Nothing here waits for DBOS's own messages and events.
    useListenNotify: false,
    logger: { info: quiet, debug: quiet, warn: tell, error: tell },
  };
}
