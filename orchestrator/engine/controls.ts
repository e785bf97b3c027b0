import type { Database, Store } from "../store/database.ts";

/** Channel that is notified when a run was asked to stop, pause or go on, all were, or a person decided. */
export const controlChannel = "orchestrator_control";

/** Name of the shared state that holds every run: Emergency Stop (WV-12). */
export const pauseState = "engine.pause";

/** What is asked of a run while it is executed here. */
export interface Control {
  /** Aborts when the run is cancelled, its workflow deleted, or the work given to others. */
  signal: AbortSignal;
  held(): boolean;
  /** Resolves when the run is no longer held. */
  released(): Promise<void>;
  /** Aborts what this process still does for the run: others have it now. */
  giveUp(): void;
}

/** Why a signal aborted: the run was cancelled, or is no longer this process's business (nothing of it must be stored then). */
export type Ending = "cancelled" | "handed-over";

export interface Decision {
  state: "approved" | "rejected" | "withdrawn";
  decidedBy?: string;
}

export interface Controls {
  enter(runId: string, asked: { hold: boolean; cancel: boolean }): Control;
  leave(runId: string): void;
  /** Resolves when a person has decided. */
  decision(approvalId: string): Promise<Decision>;
  /**
   * Reads what was asked since: one look at a time, so that an older one is never applied last, and another one after it where that was asked
   * meanwhile. Called upon each notification, and by and by, since a look may fail, and a run be entered after it was cancelled.
   */
  refresh(): Promise<void>;
  /** Whether every run is held: none is started then. */
  paused(): boolean;
  /** Holds every run of this process, for it is about to stop; `end` gives them all up. */
  hold(): void;
  end(): void;
  ended(): boolean;
}

interface Execution {
  abort: AbortController;
  hold: boolean;
  wake: Set<() => void>;
}

/** What is asked of all runs of a process, and of each. */
interface Asked {
  executions: Map<string, Execution>;
  awaited: Map<string, (decision: Decision) => void>;
  paused: boolean;
  stopping: boolean;
  ended: boolean;
}

/** Keeps what is asked of the runs of this process in step with the database. */
export function runControls({ pool }: Store): Controls {
  const asked: Asked = {
    executions: new Map(),
    awaited: new Map(),
    paused: false,
    stopping: false,
    ended: false,
  };
  const refresh = oneAtATime(async () => {
    const { rows } = await pool.query<{ paused: boolean }>(
      "SELECT coalesce((SELECT (value->>'paused')::boolean FROM shared_states WHERE name = $1), false) AS paused",
      [pauseState],
    );
    asked.paused = rows[0]?.paused ?? false;
    await refreshRuns(pool, asked);
    await refreshDecisions(pool, asked);
  });
  return {
    enter(runId, { hold, cancel }) {
      const execution: Execution = { abort: new AbortController(), hold, wake: new Set() };
      asked.executions.set(runId, execution);
      if (cancel) stop(execution, "cancelled");
      return controlOf(execution, asked);
    },
    leave: (runId) => void asked.executions.delete(runId),
    decision: (approvalId) =>
      new Promise((resolve) => {
        asked.awaited.set(approvalId, resolve);
      }),
    refresh,
    paused: () => asked.paused,
    hold() {
      asked.stopping = true;
    },
    end: () => endAll(asked),
    ended: () => asked.ended,
  };
}

function endAll(asked: Asked): void {
  asked.ended = true;
  for (const execution of asked.executions.values()) stop(execution, "handed-over");
}

/** Does the work, once more when it is asked for while it is under way; whoever asks waits for the last. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let isAsked = false;
  let working: Promise<void> | undefined;
  const untilNobodyAsks = async (): Promise<void> => {
    try {
      while (isAsked) {
        isAsked = false;
        await work();
      }
    } finally {
      working = undefined;
    }
  };
  return () => {
    isAsked = true;
    working ??= untilNobodyAsks();
    return working;
  };
}

function controlOf(execution: Execution, asked: Asked): Control {
  const { signal } = execution.abort;
  return {
    signal,
    giveUp: () => stop(execution, "handed-over"),
    held: () => isHeld(execution, asked),
    released: () =>
      isHeld(execution, asked) && !signal.aborted
        ? new Promise((resolve) => execution.wake.add(resolve))
        : Promise.resolve(),
  };
}

function isHeld({ hold }: Execution, { stopping, paused }: Asked): boolean {
  return stopping || paused || hold;
}

function wake(execution: Execution): void {
  for (const resolve of execution.wake) resolve();
  execution.wake.clear();
}

function stop(execution: Execution, why: Ending): void {
  execution.abort.abort(why);
  wake(execution);
}

async function refreshRuns(db: Database, asked: Asked): Promise<void> {
  const ids = [...asked.executions.keys()];
  const { rows } = await db.query<{ id: string; hold: boolean; cancel: boolean }>(
    "SELECT id, hold, cancel FROM runs WHERE id = ANY($1::uuid[])",
    [ids],
  );
  const found = new Map(rows.map((row) => [row.id, row]));
  for (const id of ids) {
    const execution = asked.executions.get(id);
    if (!execution) continue;
    const row = found.get(id);
    if (!row) stop(execution, "handed-over");
    else if (row.cancel) stop(execution, "cancelled");
    else execution.hold = row.hold;
    if (!isHeld(execution, asked)) wake(execution);
  }
}

async function refreshDecisions(db: Database, { awaited }: Asked): Promise<void> {
  if (awaited.size === 0) return;
  const { rows } = await db.query<{ id: string } & Decision>(
    `SELECT id, state, decided_by AS "decidedBy" FROM approvals WHERE id = ANY($1::uuid[]) AND state <> 'pending'`,
    [[...awaited.keys()]],
  );
  for (const { id, ...decision } of rows) {
    awaited.get(id)?.(decision);
    awaited.delete(id);
  }
}
