import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../clock.ts";
import type { Worker } from "../domain/agent.ts";
import type { DomainEvent, EventOf, RecordEvent } from "../domain/event.ts";
import type { Acceptance, Caller, RunRequest } from "../domain/run.ts";
import { RUBRIC_THRESHOLD } from "../pipeline/gates.ts";
import { usualAttempts } from "../pipeline/state.ts";
import { agentsChannel } from "../store/agents.ts";
import { claimsChannel } from "../store/claims.ts";
import type { Store } from "../store/database.ts";
import { insertEvents } from "../store/events.ts";
import { type Journal, openJournal } from "../store/journal.ts";
import { type Retention, usualRetention } from "../store/retention.ts";
import { newRunId } from "../store/run-id.ts";
import { builtIn, storeWorkflow } from "../store/workflows.ts";
import { runAcceptance } from "./accept-runs.ts";
import { type Admission, type OrderRuns, startAdmission } from "./admission.ts";
import { type AgentOptions, type Agents, goneWith, startAgents } from "./agents.ts";
import { type Controls, controlChannel, runControls } from "./controls.ts";
import { type Durable, launchDurable } from "./durable.ts";
import { echoWorkflow } from "./echo.ts";
import { runExecution } from "./execute-run.ts";
import { forgetOld } from "./forget-old.ts";
import type { Patience } from "./judge-executors.ts";
import { type RunManagement, runManagement } from "./manage-runs.ts";
import { anyAgent, type Parts, type PipelineRules } from "./parts.ts";
import { announcePresence, type Presence } from "./presence.ts";
import { recoverExecutor } from "./recovery.ts";
import { claimResources, type Resources } from "./resources.ts";
import { type Search, searchStranded } from "./search-stranded.ts";

export interface EngineOptions {
  /** Unique to this process, as `newExecutorId` makes it; one is made unless told. */
  executorId?: string;
  worker: Worker;
  clock: Clock;
  /** Runs at once, over all processes (WV-13: 10); 0: none is started now. */
  limit: () => number;
  /** Runs that may wait (NX-4: 1,000). */
  queueLimit: number;
  /** Why no new runs are accepted now (WV-12). */
  closed?: () => string | undefined;
  order: OrderRuns;
  /** Whether each step of a run is reviewed by a person now, whatever its own risk is (AH-4). */
  reviews?: Parts["reviews"];
  /** The agents that this process brings along; absent: no agents register, and every step is done at once. */
  agents?: AgentOptions;
  /** What the pipeline goes by; absent: all stages, and the usual threshold of the gates. */
  pipeline?: PipelineRules;
  /** Seconds after which what nobody decided is not done (CC-7); absent: a request waits as long as its run does. */
  approvalSeconds?: number | undefined;
  /** Milliseconds before a step's next attempt, after so many failed. */
  retryDelayMs?: (failed: number) => number;
  /** Makes metrics and log lines of what happened; the rows are written by the engine. */
  observe?: (event: DomainEvent) => void;
  /** Told how long each round of admitting runs took, in seconds. */
  onRound?: (seconds: number) => void;
  onError?: (error: Error) => void;
  /** Other processes gave this one up: it must end, and may start again under a new id. */
  onShutOut?: () => void;
  patience?: Patience;
  /** Milliseconds between two looks for admitted runs. */
  pollMs?: number;
  /** Runs that this process executes at once, at most; those that wait for a person count. */
  atOnce?: number;
  /** Connections of DBOS, at most. */
  connections?: number;
  /** Days for which rows are kept that no run needs any more. */
  keep?: Retention;
}

export interface Engine extends RunManagement {
  /** Unique to this process. */
  executorId: string;
  accept(request: RunRequest, caller: Caller): Promise<Acceptance>;
  /** Agents register and go (NX-5): their steps are given to others. */
  agents: Pick<Agents, "register" | "remove">;
  /** Records what happened: a row, metrics, a log line. */
  record: RecordEvent;
  /** What stands in the way of serving; nothing: ready. */
  unready(): string | undefined;
  /** Accepts and starts nothing more, at once; resolves when the steps under way have ended, or had so long. */
  settle(limitMs: number): Promise<void>;
  /**
   * Stops: accepts and starts nothing more, lets the steps under way end for so long, and gives what is left to other processes, or to the
   * next start.
   */
  drain(limitMs: number): Promise<void>;
}

/** What runs while the engine does. */
interface Running {
  store: Store;
  executorId: string;
  journal: Journal;
  controls: Controls;
  agents: Agents;
  presence: Presence;
  durable: Durable;
  admission: Admission;
  search: Search;
  forgetting: ReturnType<typeof forgetOld>;
  /** Why it serves no more. */
  stopping: string | undefined;
  /** Steps under way. */
  working: number;
}

/** An executor's id that was never used before. */
export const newExecutorId = (): string => `${hostname()}-${process.pid}-${newRunId().slice(-8)}`;

/** Starts the engine on a store: one a process. */
export async function startEngine(store: Store, options: EngineOptions): Promise<Engine> {
  const running = await startParts(store, { observe: () => undefined, onError: () => undefined, ...options });
  const { journal, presence, admission, executorId, agents } = running;
  const observe = options.observe ?? (() => undefined);
  let settled: Promise<void> | undefined;
  const settle = (limitMs: number): Promise<void> => {
    running.stopping ??= "this process is stopping";
    settled ??= settleParts(running, limitMs);
    return settled;
  };
  return {
    ...runManagement(store, { observe }),
    executorId,
    agents,
    accept: runAcceptance(store, {
      queueLimit: options.queueLimit,
      closed: () => running.stopping ?? options.closed?.(),
      observe,
      onQueued: admission.wake,
    }),
    record: recorder(journal, observe),
    unready: () => running.stopping ?? (presence.connected() ? undefined : "the database is away"),
    settle,
    async drain(limitMs) {
      await settle(limitMs);
      await stopParts(running);
    },
  };
}

type Complete = EngineOptions & Required<Pick<EngineOptions, "observe" | "onError">>;

async function startParts(store: Store, options: Complete): Promise<Running> {
  const { observe, onError } = options;
  const { executorId = newExecutorId() } = options;
  const controls = runControls(store);
  const running: Partial<Running> & Pick<Running, "working" | "store" | "controls"> = {
    store,
    executorId,
    controls,
    working: 0,
  };
  const listeners = journalListeners(running, options);
  const journal = openJournal(store, { executorId, ...listeners, onError });
  running.journal = journal;

  const record = recorder(journal, observe);
  await storeWorkflow(store.pool, { project: builtIn, definition: echoWorkflow, createdBy: "orchestrator" });
  const resources = claimResources(store, { executorId, observe, onError });
  running.presence = await announcePresence(store, {
    ...presenceParts(running, { ...options, resources, record }),
    ...{ executorId, onShutOut: listeners.onShutOut, onError },
  });
  running.agents = await startAgents(
    { store, executorId, record, onError },
    options.agents ?? { residents: [] },
  );
  const onFree = () => running.admission?.wake();
  const common = { store, journal, controls, resources, record, observe, onError, onFree };
  const place = options.agents ? running.agents.place : anyAgent;
  const execute = runExecution(store, { ...common, ...stepParts(options, running), place, executorId });
  await startTaking(running as Running, { ...options, execute });
  return running as Running;
}

/** Takes runs from the queue, admits those that wait, and looks for those that nobody would finish. */
async function startTaking(
  running: Running,
  options: Complete & { execute: (runId: string) => Promise<void> },
): Promise<void> {
  const { store, executorId, journal, controls } = running;
  const { execute, observe, onError } = options;
  const { connections = 10, pollMs = 25, atOnce = 1_000 } = options;
  running.durable = await launchDurable(store, { executorId, execute, connections, pollMs, atOnce, onError });
  running.admission = startAdmission(store, {
    order: options.order,
    limit: () => (running.stopping === undefined && !controls.paused() ? options.limit() : 0),
    enqueue: running.durable.enqueue,
    ...{ executorId, observe, onError },
    onRound: options.onRound,
  });
  running.search = searchStranded(store, { journal, observe, onError });
  const { keep = usualRetention, clock } = options;
  const record = recorder(journal, observe);
  running.forgetting = forgetOld(store, { keep, clock, record, onError });
}

/** What notifications say, and what is done for an executor that was lost. */
function presenceParts(
  running: Partial<Running> & Pick<Running, "store" | "controls">,
  { patience, resources, record, onError }: Complete & { resources: Resources; record: RecordEvent },
) {
  const refresh = () => void running.controls.refresh().catch(onError);
  return {
    ...(patience && { patience }),
    eachSecond: refresh,
    channels: {
      [controlChannel]: refresh,
      [claimsChannel]: () => void resources.look().catch(onError),
      [agentsChannel]: () => running.agents?.look(),
    },
    async recover(id: string) {
      goneWith(await recoverExecutor(running.store.pool, id), "crashed").forEach(record);
      await resources.settle();
    },
  };
}

/** What follows from what the journal finds out. */
function journalListeners(running: Partial<Running>, { observe, onShutOut }: Complete) {
  return {
    onShutOut() {
      // Stopping, it shuts itself out, and what it would still say is of no interest.
      if (running.stopping !== undefined) return;
      running.stopping = "others gave this process up";
      running.controls?.end();
      onShutOut?.();
    },
    onFinished(event: EventOf<"run.finished">) {
      observe(event);
      // What depends on it can never start.
      if (event.outcome !== "succeeded") running.search?.now();
    },
  };
}

function recorder(journal: Journal, observe: (event: DomainEvent) => void): RecordEvent {
  return (event) => {
    journal.event(event);
    observe(event);
  };
}

/** All stages, the usual threshold and the usual attempts. */
const usualPipeline: PipelineRules = {
  mode: () => "full",
  threshold: () => RUBRIC_THRESHOLD,
  attempts: () => usualAttempts,
};

/** What a step is done with; the worker's calls are counted, for whoever waits for their end. */
function stepParts(options: EngineOptions, counted: { working: number }) {
  const { worker: work, clock, pipeline = usualPipeline, reviews = () => false } = options;
  const worker: Worker = async (assignment, signal) => {
    counted.working += 1;
    try {
      return await work(assignment, signal);
    } finally {
      counted.working -= 1;
    }
  };
  const retryDelayMs = options.retryDelayMs ?? ((failed: number) => 1_000 * 2 ** (failed - 1));
  return { worker, clock, pipeline, reviews, retryDelayMs, approvalSeconds: options.approvalSeconds };
}

async function settleParts(running: Running, limitMs: number): Promise<void> {
  const { controls, agents, durable, admission, search, forgetting } = running;
  const end = Date.now() + limitMs;
  await Promise.all([admission.close(), search.close(), forgetting.close()]);
  controls.hold();
  await agents.close();
  await durable.stopTaking();
  while (running.working > 0 && Date.now() < end) await delay(20);
}

/** What is left when the steps under way have ended, or had their time, goes back to the queue: others need not find out that we are gone. */
async function stopParts({
  store,
  executorId,
  journal,
  controls,
  presence,
  durable,
}: Running): Promise<void> {
  await journal.flush();
  controls.end();
  await presence.close();
  const residents = await recoverExecutor(store.pool, executorId);
  const at = new Date().toISOString();
  await insertEvents(
    store.pool,
    goneWith(residents).map((event) => ({ ...event, at })),
  );
  await durable.close();
}
